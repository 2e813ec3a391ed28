"""Manifests: what is read, and every defect as one line that names row and column."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.manifest import manifest_defects, read_manifest

HEADER = "recording_id,participant_id,visit_id,path,gestational_age_days,sbp_mmhg,dbp_mmhg"
ROWS = ["r1,w1,v1,audio/r1.flac,200,110,70", "r2,w2,v2,audio/r2.flac,210,150,95"]
Write = Callable[[bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: bytes) -> Path:
        path = tmp_path / "manifest.csv"
        path.write_bytes(content)
        return path

    return write


def text(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def test_known_columns_are_typed_and_others_kept(write: Write) -> None:
    header = HEADER + ",maternal_age_years,parity,device_id,sha256,note"
    rows = [f"r1,w1,v1,audio/r1.flac,200.5,110,70,27,1.0,A,{'AB' * 32},seen twice"]
    (recording,) = read_manifest(write(text(*rows, header=header)))
    assert recording.gestational_age_days == 200.5
    assert (recording.sbp_mmhg, recording.dbp_mmhg) == (110.0, 70.0)
    assert recording.maternal_age_years == 27.0
    assert recording.parity == 1
    assert type(recording.parity) is int
    assert recording.device_id == "A"
    assert recording.sha256 == "ab" * 32
    assert recording.extra == {"note": "seen twice"}
    assert recording.row == 2
    assert recording.site_id is None


def test_what_is_not_known_is_none(write: Write) -> None:
    (recording,) = read_manifest(write(text("r1,w1,v1,a.flac,,,")))
    assert recording.gestational_age_days is None
    assert recording.sbp_mmhg is None
    assert recording.dbp_mmhg is None


def test_the_order_of_columns_is_free(write: Write) -> None:
    names, cells = HEADER.split(","), ROWS[0].split(",")
    turned = text(",".join(reversed(cells)), header=",".join(reversed(names)))
    assert read_manifest(write(turned)) == read_manifest(write(text(ROWS[0])))


@pytest.mark.parametrize(
    "change",
    [
        lambda content: b"\xef\xbb\xbf" + content,  # a byte order mark
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: content.replace(b",", b";"),
        lambda content: content.replace(b",", b"\t"),
        lambda content: b"\xef\xbb\xbf" + content.replace(b",", b";").replace(b"\n", b"\r\n"),
        lambda content: content.replace(b",", b" , "),
        lambda content: content.replace(b"\n", b"\n\n"),
        lambda content: content.rstrip(b"\n"),
        lambda content: content + b",,,,,,\n",
        lambda content: b'"' + content.replace(b",", b'","').strip().replace(b"\n", b'"\n"') + b'"',
    ],
)
def test_what_spreadsheets_write_is_read(write: Write, change: Callable[[bytes], bytes]) -> None:
    expected = read_manifest(write(text(*ROWS)))
    assert read_manifest(write(change(text(*ROWS)))) == expected


def one_row(**cells: str) -> bytes:
    """A manifest of one row with some cells changed, and columns added."""
    values = dict(zip(HEADER.split(","), ROWS[0].split(","), strict=True)) | cells
    return text(",".join(values.values()), header=",".join(values))


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("sbp_mmhg", "400", "400 is outside 60 to 280 mmHg"),
        ("sbp_mmhg", "59", "59 is outside 60 to 280 mmHg"),
        ("dbp_mmhg", "-5", "-5 is outside 30 to 180 mmHg"),
        ("dbp_mmhg", "110", "110 is not below sbp_mmhg 110"),
        ("dbp_mmhg", "120", "120 is not below sbp_mmhg 110"),
        ("sbp_mmhg", "", "is empty but the other pressure is given"),
        ("dbp_mmhg", "", "is empty but the other pressure is given"),
        ("gestational_age_days", "32", "32 is outside 70 to 310 days"),
        ("gestational_age_days", "311", "311 is outside 70 to 310 days"),
        ("gestational_age_days", "28w3d", "the value is not a number"),
        ("gestational_age_days", "nan", "the value is not a number"),
        ("gestational_age_days", "1e2", "the value is not a number"),
        ("gestational_age_days", "1_00", "the value is not a number"),
        ("gestational_age_days", "٢٠٠", "is not a number"),
        ("sbp_mmhg", "Maria Lopez", "the value is not a number"),
        ("sbp_mmhg", "50255551234", "the value is outside 60 to 280 mmHg"),
        ("maternal_age_years", "99", "99 is outside 8 to 70 years"),
        ("bmi_kg_m2", "3", "3 is outside 10 to 80 kg/m2"),
        ("parity", "1.5", "1.5 is not a whole number"),
        ("parity", "-1", "-1 is not a whole number"),
        ("n_samples", "0", "0 is outside 1 to"),
        ("sample_rate_hz", "40", "40 is outside 1000 to 192000 Hz"),
        ("sha256", "abc", "is not a sha256"),
        ("recording_id", "", "is empty"),
        ("participant_id", "", "is empty"),
        ("visit_id", "  ", "is empty"),
        ("recording_id", "../r1", "cannot stand in a file name"),
        ("recording_id", "..", "cannot stand in a file name"),
        ("recording_id", "r" * 129, "longer than 128"),
        ("recording_id", "\u00e9" * 65, "longer than 128 bytes"),
        ("path", "", "is empty"),
        ("path", "/data/r1.flac", "is absolute"),
        ("path", "C:/data/r1.flac", "relative to the manifest"),
        ("path", "audio\\r1.flac", "backslash"),
        ("path", "../r1.flac", "leaves the manifest's folder"),
        ("path", "audio/../../r1.flac", "leaves the manifest's folder"),
    ],
)
def test_a_bad_cell_is_one_line_with_row_and_column(
    write: Write, column: str, cell: str, says: str
) -> None:
    path = write(one_row(**{column: cell}))
    with pytest.raises(FetalHemoError) as caught:
        read_manifest(path)
    line = caught.value.line()
    assert line.startswith(f"E-MANIFEST: row 2, column {column}: ")
    assert says in line
    assert str(path) in line
    assert "\n" not in line
    assert [error.line() for error in manifest_defects(path)] == [line]


@pytest.mark.parametrize(
    ("column", "cell", "fix"),
    [
        ("sbp_mmhg", "17.3", "is it kPa? multiply by 7.50"),
        ("sbp_mmhg", "400", "correct it or leave it empty"),
        ("visit_order", "2024-01-10", "number a woman's visits 1, 2, 3"),
        ("visit_order", "10.1.2024", "number a woman's visits 1, 2, 3"),
        ("visit_order", "first", "leave unknown values empty"),
    ],
)
def test_what_else_a_cell_may_be_is_said(write: Write, column: str, cell: str, fix: str) -> None:
    with pytest.raises(FetalHemoError) as caught:
        read_manifest(write(one_row(**{column: cell})))
    assert caught.value.line().endswith(f"; {fix}")


def test_the_first_defect_names_the_places_of_others(write: Write) -> None:
    rows = [f"r{n},w,v{n},{n}.flac,200,n/a,70" for n in range(7)]
    with pytest.raises(FetalHemoError) as caught:
        read_manifest(write(text(*rows)))
    line = caught.value.line()
    assert line.startswith("E-MANIFEST: row 2, column sbp_mmhg: the value is not a number")
    assert "; see also row 3, column sbp_mmhg; row 4, column sbp_mmhg; " in line
    assert line.endswith("; ...")


def test_a_header_that_lacks_several_columns_names_them_all(write: Write) -> None:
    with pytest.raises(FetalHemoError) as caught:
        read_manifest(write(text(header="recording_id,participant_id,visit_id,path,dbp_mmhg")))
    line = caught.value.line()
    assert line.startswith("E-MANIFEST: row 1: column gestational_age_days is missing")
    assert line.endswith("; see also row 1: column sbp_mmhg is missing")


def test_a_decimal_comma_is_explained(write: Write) -> None:
    content = one_row(bmi_kg_m2="28.5").replace(b",", b";").replace(b"28.5", b"28,5")
    with pytest.raises(FetalHemoError, match=r"bmi_kg_m2: .*decimals with a point"):
        read_manifest(write(content))


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (HEADER.replace("sbp_mmhg", "sbp"), 'column sbp_mmhg is missing.*is it "sbp"\\?'),
        (HEADER.replace("sbp_mmhg", "SBP_mmHg"), 'sbp_mmhg is missing.*is it "SBP_mmHg"\\?'),
        (HEADER.replace("visit_id", "zzz"), "column visit_id is missing.*add it"),
        (HEADER + ",bmi_kgm2", 'unknown column "bmi_kgm2".*did you mean "bmi_kg_m2"'),
        (HEADER + ",Device_ID", 'unknown column "Device_ID".*did you mean "device_id"'),
        (HEADER + ",sbp_mmhg", 'column "sbp_mmhg" stands twice'),
        (HEADER + ",", "column 8 has no name"),
    ],
)
def test_a_bad_header_is_named(write: Write, header: str, says: str) -> None:
    with pytest.raises(FetalHemoError, match=f"E-MANIFEST: row 1: .*{says}"):
        read_manifest(write(text(ROWS[0] + ",", header=header)))


def test_a_column_of_ones_own_is_no_misspelling(write: Write) -> None:
    header = HEADER + ",device_id,device_ids,booking_bmi"
    (recording,) = read_manifest(write(text(ROWS[0] + ",A,B,C", header=header)))
    assert recording.extra == {"device_ids": "B", "booking_bmi": "C"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("r1,w2,v2,audio/r2.flac,210,150,95", "row 3, column recording_id: repeats row 2"),
        ("r2,w2,v2,audio/r1.flac,210,150,95", "row 3, column path: repeats row 2"),
        ("r2,w2,v2,./audio//r1.flac,210,150,95", "row 3, column path: repeats row 2"),
        ("r2,w2,v1,audio/r2.flac,210,150,95", "column visit_id: is another participant's in row 2"),
        ("r2,w2,v2,audio/r2.flac,210,150", "row 3: 6 cells under 7 columns"),
        ("r2,w2,v2,audio/r2.flac,210,150,95,9", "row 3: 8 cells under 7 columns"),
        ('r2,w2,v2,"audio/r2.flac,210,150,95', "line 3: not a table"),
    ],
)
def test_rows_that_do_not_fit_each_other(write: Write, row: str, says: str) -> None:
    with pytest.raises(FetalHemoError, match=f"E-MANIFEST: .*{says}"):
        read_manifest(write(text(ROWS[0], row)))


def test_recordings_of_one_visit_and_woman_are_fine(write: Write) -> None:
    rows = ["r1,w1,v1,1.flac,200,110,70", "r2,w1,v1,2.flac,200,110,70", "r3,w1,v2,3.flac,230,,"]
    assert len(read_manifest(write(text(*rows)))) == 3


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"\n\n  \n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (text(), "a header and no rows"),
        (text(*ROWS).decode().encode("utf-16"), "not UTF-8 text"),
        (text(*ROWS).replace(b"w2", b"M\xfcller"), "row 3: not UTF-8 text"),
        (text(*ROWS).replace(b"w2", b"w\x002"), "not UTF-8 text"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "not UTF-8 text"),
        (b"<html>no table</html>", "column recording_id is missing"),
        (text("a" * 200_000), "not a table"),
    ],
)
def test_what_is_no_table_is_refused(write: Write, content: bytes, says: str) -> None:
    path = write(content)
    with pytest.raises(FetalHemoError, match=f"E-MANIFEST: .*{says}"):
        read_manifest(path)
    assert manifest_defects(path)


def test_a_spreadsheet_is_called_one(write: Write) -> None:
    """Whatever its name: it was renamed and not saved as a table."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    for one in (content.getvalue(), b"PK\x03\x04 and no zero", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        path = write(one)
        with pytest.raises(FetalHemoError) as caught:
            read_manifest(path)
        said = f"E-MANIFEST: is a spreadsheet, not a table of text: {path}"
        assert caught.value.line() == f'{said}; save it as "CSV UTF-8"'
        assert len(manifest_defects(path)) == 1


def test_a_missing_file_or_a_folder_is_named(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "manifest.csv", "E-NOT-FOUND"), (tmp_path, "E-IS-DIRECTORY")):
        with pytest.raises(FetalHemoError) as caught:
            read_manifest(path)
        assert caught.value.code == code
        assert [error.code for error in manifest_defects(path)] == [code]


def test_all_defects_are_listed_up_to_a_limit(write: Write) -> None:
    bad = [f"r{i},w{i},v{i},{i}.flac,999,110,300" for i in range(50)]
    path = write(text(*bad))
    lines = [error.line() for error in manifest_defects(path)]
    assert len(lines) == 20
    assert "row 2, column gestational_age_days" in lines[0]
    assert "row 2, column dbp_mmhg" in lines[1]
    assert "row 11, column dbp_mmhg" in lines[-1]
    assert manifest_defects(write(text(*ROWS))) == []
