-- opens by proxies and clicks by scanners are a machine's; an unknown word stays as it comes
-- want:[["email_clicked", true, 2], ["email_clicked", false, 1], ["email_delivered", false, 1], ["email_opened", true, 3], ["email_opened", false, 2], ["email_paused", false, 1], ["email_sent", false, 1]]
select touch_type, is_machine, count(*) /*warehouse*/ from conformed.touches
where message_id = 'msg-o1' group by all order by 1, 2 desc
