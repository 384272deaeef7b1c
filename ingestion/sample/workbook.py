"""A workbook of one sheet, the same bytes for the same rows."""

from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pyarrow as pa

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SCHEMAS = "http://schemas.openxmlformats.org"
_SHEETS = f"{_SCHEMAS}/spreadsheetml/2006/main"
_RELATIONS = f"{_SCHEMAS}/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_SCHEMAS}/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    f' ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_SCHEMAS}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_RELATIONS}">'
    '<sheets><sheet name="Export" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": "<Relationships"
    f' xmlns="{_SCHEMAS}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet"'
    ' Target="worksheets/sheet1.xml"/></Relationships>',
}


def write_workbook(rows: pa.Table, path: Path) -> None:
    """Write headings and rows, every value as the text it is."""
    lines = [rows.column_names, *zip(*rows.to_pydict().values(), strict=True)]
    sheet = "".join(f"<row>{''.join(map(_cell, line))}</row>" for line in lines)
    data = f'<worksheet xmlns="{_SHEETS}"><sheetData>{sheet}</sheetData></worksheet>'
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in {**_PARTS, "xl/worksheets/sheet1.xml": data}.items():
            part = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type = ZIP_DEFLATED
            file.writestr(part, _HEAD + content)


def _cell(value: object) -> str:
    if value is None:
        return "<c/>"
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
