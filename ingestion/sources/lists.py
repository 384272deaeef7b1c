"""Lists of people: guests of an event, members, registers, test sets."""

from ingestion.tables import Column, Source, Table

SOURCE = Source(
    name="lists",
    description="Lists of people, one a file, with the headings people give them.",
    tables=(
        Table(
            "people",
            "people/*",
            (
                Column(
                    "entry_id",
                    headings=(
                        "rec_id", "unique_id", "id", "Record ID", "record_id",
                        "Guest ID", "Member ID", "Person ID", "person_id", "Row ID",
                    ),
                ),
                Column(
                    "first_name",
                    headings=(
                        "First name", "firstname", "given_name", "Given name",
                        "forename", "Vorname", "Prénom", "Nombre",
                    ),
                ),
                Column(
                    "last_name",
                    headings=(
                        "Last name", "lastname", "surname", "family_name",
                        "Family name", "Nachname", "Familienname", "Nom de famille",
                        "Apellidos",
                    ),
                ),
                Column(
                    "full_name",
                    headings=("Full name", "fullname", "name", "Guest", "Guest name"),
                ),
                Column(
                    "birth_date",
                    headings=(
                        "date_of_birth", "Date of birth", "dob", "birthdate",
                        "birthday", "Birth date", "born", "Geburtsdatum",
                    ),
                ),
                Column(
                    "email",
                    headings=(
                        "E-mail", "mail", "Email address", "email_address",
                        "E-mail 1 - Value",
                        "E-mail address", "E-Mail-Adresse",
                    ),
                ),
                Column(
                    "email_sha256",
                    headings=("SHA256 email", "hashed_email", "email_hash"),
                ),
                Column(
                    "phone",
                    headings=(
                        "Phone number", "phone_number", "telephone", "tel", "mobile",
                        "Phone 1 - Value",
                        "Mobile phone", "mobile_phone", "cell", "Telefon", "Handy",
                    ),
                ),
                Column(
                    "street_number",
                    headings=("Street number", "House number", "house_number"),
                ),
                Column(
                    "street",
                    headings=(
                        "address_1", "Address 1", "address1", "Address line 1",
                        "address_line_1", "address", "Street address", "street_address",
                        "Straße", "Strasse",
                    ),
                ),
                Column(
                    "street_2",
                    headings=(
                        "address_2", "Address 2", "address2", "Address line 2",
                        "address_line_2",
                    ),
                ),
                Column("city", headings=("suburb", "town", "place", "Ort", "Stadt")),
                Column(
                    "postal_code",
                    headings=(
                        "postcode", "Post code", "Postal code", "zip", "zip_code",
                        "ZIP code", "zipcode", "PLZ", "Postleitzahl",
                    ),
                ),
                Column("state", headings=("province", "region", "county")),
                Column(
                    "country", headings=("Country code", "country_code", "Land", "Pays")
                ),
                Column(
                    "national_id",
                    headings=(
                        "soc_sec_id", "ssn", "social_security_number",
                        "Social security number", "National ID", "National number",
                        "national_number", "Tax ID", "tax_id",
                    ),
                ),
                Column(
                    "loyalty_number",
                    headings=(
                        "Loyalty number", "loyalty_id", "Loyalty ID", "Member number",
                        "member_number", "Membership number", "membership_number",
                        "Kundenkarte",
                    ),
                ),
                Column(
                    "company_name",
                    headings=(
                        "company", "Company name", "organization", "organisation",
                        "employer", "Firma",
                    ),
                ),
            ),
            any_of=(
                "first_name", "last_name", "full_name", "birth_date", "email",
                "email_sha256", "phone", "street", "city", "postal_code", "national_id",
                "loyalty_number",
            ),
            is_mixed=True,
            apart=True,
        ),
    ),
)  # fmt: skip
