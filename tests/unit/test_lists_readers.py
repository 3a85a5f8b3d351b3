"""The readers of published formats, on invented persons in the shape of the real files."""

import json
from pathlib import Path

import pytest

from elchi.errors import InvalidInput
from elchi.lists import BadLine, Entry, issued_at, read_list

UN = """<?xml version='1.0' encoding='UTF-8'?>
<CONSOLIDATED_LIST dateGenerated='2025-04-19T23:00:04.625Z'><INDIVIDUALS>
 <INDIVIDUAL><DATAID>700001</DATAID><FIRST_NAME>BAHROM</FIRST_NAME><SECOND_NAME>SHARIPOV</SECOND_NAME>
  <UN_LIST_TYPE>Example</UN_LIST_TYPE><REFERENCE_NUMBER>XXi.001</REFERENCE_NUMBER><LISTED_ON>2020-02-03</LISTED_ON>
  <GENDER>Male</GENDER><COMMENTS1>First
   line.</COMMENTS1><NAME_ORIGINAL_SCRIPT>Баҳром Шарипов</NAME_ORIGINAL_SCRIPT>
  <TITLE><VALUE>Dr</VALUE></TITLE><DESIGNATION><VALUE>Treasurer</VALUE></DESIGNATION>
  <NATIONALITY><VALUE>Tajikistan</VALUE><VALUE>Libya (in custody)</VALUE></NATIONALITY>
  <LAST_DAY_UPDATED><VALUE>2021-05-06</VALUE></LAST_DAY_UPDATED>
  <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Bahrom Sharif (Баҳром Шариф; B. Sharif)</ALIAS_NAME>
   <DATE_OF_BIRTH>1979-12-31</DATE_OF_BIRTH></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Odin</ALIAS_NAME><NOTE>original script: Один</NOTE>
  </INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Bahrom Aka, born in Kulob</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>na</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ADDRESS><CITY>Kulob</CITY><COUNTRY>Tajikistan</COUNTRY></INDIVIDUAL_ADDRESS>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1978</FROM_YEAR><TO_YEAR>1980</TO_YEAR>
  </INDIVIDUAL_DATE_OF_BIRTH>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1977</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><NOTE>Aug. 1976</NOTE></INDIVIDUAL_DATE_OF_BIRTH>
  <INDIVIDUAL_PLACE_OF_BIRTH><CITY>Kulob</CITY><COUNTRY>Tajikistan</COUNTRY></INDIVIDUAL_PLACE_OF_BIRTH>
  <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>Tajik passport number AB 0128201</NUMBER>
   <ISSUING_COUNTRY>Tajikistan</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT>
  <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>National Identification Number</TYPE_OF_DOCUMENT>
   <NUMBER>44103-5251752-5 (expired)</NUMBER></INDIVIDUAL_DOCUMENT>
  <INDIVIDUAL_DOCUMENT/>
 </INDIVIDUAL>
 <INDIVIDUAL><DATAID>700002</DATAID></INDIVIDUAL>
</INDIVIDUALS><ENTITIES>
 <ENTITY><DATAID>700003</DATAID><FIRST_NAME>SILK TRADING</FIRST_NAME>
  <ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Ipak Savdo</ALIAS_NAME></ENTITY_ALIAS>
  <ENTITY_ADDRESS><COUNTRY>Uzbekistan</COUNTRY></ENTITY_ADDRESS></ENTITY>
</ENTITIES></CONSOLIDATED_LIST>"""


def write(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_un_list(tmp_path: Path) -> None:
    path = write(tmp_path, "un.xml", UN)
    assert issued_at(path, "un") == "2025-04-19"
    assert list(read_list(path, "un")) == [
        Entry(
            "un-700001",
            "Person",
            {
                "address": ("Kulob, Tajikistan",),
                "alias": ("Bahrom Sharif", "Баҳром Шариф", "B. Sharif", "Bahrom Aka"),
                "birthCountry": ("tj",),
                "birthDate": ("1979-12-31", "1978", "1979", "1980", "1977", "1976-08"),
                "birthPlace": ("Kulob, Tajikistan",),
                "country": ("tj",),
                "gender": ("male",),
                "idNumber": ("44103-5251752-5",),
                "listingDate": ("2020-02-03",),
                "modifiedAt": ("2021-05-06",),
                "name": ("BAHROM SHARIPOV", "Баҳром Шарипов"),
                "nationality": ("tj", "ly"),
                "notes": (
                    "Bahrom Aka, born in Kulob",
                    "birthDate: 1978 to 1980",
                    "birthDate: circa 1977",
                    "Passport, Tajik passport number AB 0128201, Tajikistan",
                    "National Identification Number, 44103-5251752-5 (expired)",
                    "nationality: Libya (in custody)",
                    "First line.",
                ),
                "passportNumber": ("AB 0128201",),
                "position": ("Treasurer",),
                "program": ("Example",),
                "title": ("Dr",),
                "topics": ("sanction",),
                "unscId": ("XXi.001",),
                "weakAlias": ("Odin", "Один"),
            },
        ),
        BadLine(2, "entry_invalid", {"field": "properties", "rule": "no_name_or_mark"}),
        Entry(
            "un-700003",
            "Organization",
            {"alias": ("Ipak Savdo",), "country": ("uz",), "name": ("SILK TRADING",), "topics": ("sanction",)},
        ),
    ]


SDN = (
    '10,"SHARIPOV, Bahrom","individual","EXAMPLE] [SECOND",'
    '"Treasurer",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"DOB 29 Aug 1974; alt. DOB 1975; POB Kulob, Tajikistan; nationality Tajikistan; citizen Uzbekistan; Gender Male; '
    "Passport AB1234567 (Tajikistan) expires 05 May 2020; National ID No. 77001; Tax ID No. 770012345678 (Russia); "
    "a.k.a. 'ODIN'; Phone Number 992918000000; Email Address b@example.org; Linked To: SILK TRADING.\"\r\n"
    '11,"ZARYA","vessel","EXAMPLE",-0- ,"EY123","Tug","640","189","Tajikistan","River Fleet",'
    '"Vessel Registration Identification IMO 7206512; MMSI 472000000."\r\n'
    '12,"EY-701","aircraft","EXAMPLE",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"Aircraft Model IL-76TD; Aircraft Manufacture Date 1991."\r\n'
    '13,"SILK TRADING",-0- ,"EXAMPLE",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
    '14,"SHORT"\r\n'
    "\x1a"
)
ALT = '10,1,"aka","SHARIF, Bahrom",-0- \r\n10,2,"fka","SHARIPOV, B.",-0- \r\n99,3,"aka","NOBODY",-0- \r\n10,4\r\n\x1a'
ADD = (
    '10,1,"Lenin St. 1","Kulob","Tajikistan",-0- \r\n13,2,-0- ,-0- ,"Uzbekistan",-0- \r\n'
    '98,3,-0- ,-0- ,"Iran",-0- \r\n\x1a'
)


def test_the_three_files_of_ofac(tmp_path: Path) -> None:
    path = write(tmp_path, "sdn.csv", SDN)
    write(tmp_path, "alt.csv", ALT)
    write(tmp_path, "add.csv", ADD)
    assert list(read_list(path, "ofac")) == [
        BadLine(4, "row_width", {"columns": 2, "file": "alt.csv"}),
        Entry(
            "ofac-10",
            "Person",
            {
                "address": ("Lenin St. 1, Kulob, Tajikistan",),
                "alias": ("SHARIF, Bahrom",),
                "birthCountry": ("tj",),
                "birthDate": ("1974-08-29", "1975"),
                "birthPlace": ("Kulob, Tajikistan",),
                "citizenship": ("uz",),
                "country": ("tj",),
                "email": ("b@example.org",),
                "firstName": ("Bahrom",),
                "gender": ("male",),
                "idNumber": ("77001",),
                "innCode": ("770012345678",),
                "lastName": ("SHARIPOV",),
                "name": ("SHARIPOV, Bahrom",),
                "nationality": ("tj",),
                "notes": (
                    "Passport AB1234567 (Tajikistan) expires 05 May 2020",
                    "Tax ID No. 770012345678 (Russia)",
                    "Linked To: SILK TRADING",
                ),
                "passportNumber": ("AB1234567",),
                "phone": ("992918000000",),
                "position": ("Treasurer",),
                "previousName": ("SHARIPOV, B.",),
                "program": ("EXAMPLE", "SECOND"),
                "topics": ("sanction",),
                "weakAlias": ("ODIN",),
            },
        ),
        Entry(
            "ofac-11",
            "Vessel",
            {
                "callSign": ("EY123",),
                "flag": ("tj",),
                "grossRegisteredTonnage": ("189",),
                "imoNumber": ("7206512",),
                "mmsi": ("472000000",),
                "name": ("ZARYA",),
                "notes": ("Vess_owner: River Fleet",),
                "program": ("EXAMPLE",),
                "tonnage": ("640",),
                "topics": ("sanction",),
                "type": ("Tug",),
            },
        ),
        Entry(
            "ofac-12",
            "Airplane",
            {
                "buildDate": ("1991",),
                "model": ("IL-76TD",),
                "name": ("EY-701",),
                "program": ("EXAMPLE",),
                "registrationNumber": ("EY-701",),
                "topics": ("sanction",),
            },
        ),
        Entry(
            "ofac-13",
            "Organization",
            {"country": ("uz",), "name": ("SILK TRADING",), "program": ("EXAMPLE",), "topics": ("sanction",)},
        ),
        BadLine(5, "row_width", {"columns": 2}),
        BadLine(3, "alias_orphan", {"entry": "99"}, skipped=True),
        BadLine(3, "address_orphan", {"entry": "98"}, skipped=True),
    ]


OFAC_XML = """<?xml version="1.0"?><sdnList xmlns="{space}">
<publshInformation><Publish_Date>03/28/2025</Publish_Date></publshInformation>
<sdnEntry><uid>10</uid><firstName>Bahrom</firstName><lastName>SHARIPOV</lastName><sdnType>Individual</sdnType>
 <programList><program>EXAMPLE</program></programList>
 <idList><id><idType>Passport</idType><idNumber>AB1</idNumber><idCountry>Tajikistan</idCountry></id>
  <id><idType>Gender</idType><idNumber>Male</idNumber></id></idList>
 <akaList><aka><type>a.k.a.</type><category>weak</category><lastName>ODIN</lastName></aka>
  <aka><type>f.k.a.</type><category>strong</category><lastName>SHARIF</lastName><firstName>B.</firstName></aka></akaList>
 <addressList><address><city>Kulob</city><country>Tajikistan</country></address></addressList>
 <nationalityList><nationality><country>Tajikistan</country></nationality></nationalityList>
 <dateOfBirthList><dateOfBirthItem><dateOfBirth>circa 1974</dateOfBirth></dateOfBirthItem></dateOfBirthList>
 <placeOfBirthList><placeOfBirthItem><placeOfBirth>Kulob</placeOfBirth></placeOfBirthItem></placeOfBirthList>
</sdnEntry>
<sdnEntry><uid>11</uid><lastName>ZARYA</lastName><sdnType>Vessel</sdnType><vesselInfo><callSign>EY123</callSign>
 <vesselType>Tug</vesselType><vesselFlag>Tajikistan</vesselFlag><vesselOwner>River Fleet</vesselOwner></vesselInfo>
</sdnEntry></sdnList>"""


@pytest.mark.parametrize("space", ["http://tempuri.org/sdnList.xsd", "https://sanctionslist.example/exports/XML"])
def test_ofac_xml_in_any_name_space(tmp_path: Path, space: str) -> None:
    path = write(tmp_path, "sdn.xml", OFAC_XML.format(space=space))
    assert issued_at(path, "ofac") == "2025-03-28"
    assert list(read_list(path, "ofac")) == [
        Entry(
            "ofac-10",
            "Person",
            {
                "address": ("Kulob, Tajikistan",),
                "birthDate": ("1974",),
                "birthPlace": ("Kulob",),
                "country": ("tj",),
                "firstName": ("Bahrom",),
                "gender": ("male",),
                "lastName": ("SHARIPOV",),
                "name": ("SHARIPOV, Bahrom",),
                "nationality": ("tj",),
                "notes": ("birthDate: circa 1974", "Passport AB1 (Tajikistan)"),
                "passportNumber": ("AB1",),
                "previousName": ("SHARIF, B.",),
                "program": ("EXAMPLE",),
                "topics": ("sanction",),
                "weakAlias": ("ODIN",),
            },
        ),
        Entry(
            "ofac-11",
            "Vessel",
            {
                "callSign": ("EY123",),
                "flag": ("tj",),
                "name": ("ZARYA",),
                "notes": ("vesselOwner: River Fleet",),
                "topics": ("sanction",),
                "type": ("Tug",),
            },
        ),
    ]


EU_XML = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-02-03T10:00:00.000+01:00" globalFileId="1">
<sanctionEntity designationDate="2020-02-03" unitedNationId="XXi.001" euReferenceNumber="EU.1.1" logicalId="13">
 <remark>Remark of the entity</remark>
 <regulation programme="EXA" publicationDate="2020-02-04"><publicationUrl>https://example.org/</publicationUrl></regulation>
 <subjectType code="person" classificationCode="P"/>
 <nameAlias firstName="Bahrom" middleName="" lastName="Sharipov" wholeName="Bahrom Sharipov" function="Treasurer"
  gender="M" title="Dr" strong="true"/>
 <nameAlias firstName="" lastName="" wholeName="Баҳром Шарипов" gender="M" strong="true"/>
 <nameAlias wholeName="Odin" strong="false"/>
 <citizenship countryIso2Code="TJ" countryDescription="TAJIKISTAN"/>
 <birthdate circa="false" calendarType="GREGORIAN" city="Kulob" birthdate="1979-12-31" dayOfMonth="31" monthOfYear="12"
  year="1979" countryIso2Code="TJ" countryDescription="TAJIKISTAN"/>
 <birthdate circa="true" calendarType="GREGORIAN" yearRangeFrom="1976" yearRangeTo="1977" countryIso2Code="00"/>
 <birthdate circa="false" calendarType="GREGORIAN" monthOfYear="5" year="1975" countryIso2Code="00"/>
 <birthdate circa="false" calendarType="ISLAMIC" birthdate="1400-01-02" countryIso2Code="00"/>
 <identification knownFalse="true" number="AB1234567" identificationTypeCode="passport"
  identificationTypeDescription="National passport" countryIso2Code="TJ" countryDescription="TAJIKISTAN"/>
 <identification number="77001" identificationTypeCode="id" countryIso2Code="00" countryDescription="UNKNOWN"/>
 <address city="Kulob" street="Lenin St. 1" countryIso2Code="TJ" countryDescription="TAJIKISTAN"/>
</sanctionEntity>
<sanctionEntity logicalId="14"><subjectType code="enterprise" classificationCode="E"/>
 <nameAlias wholeName="Silk Trading" strong="true"/></sanctionEntity>
<sanctionEntity><nameAlias wholeName="Nobody"/></sanctionEntity>
</export>"""
EU_CSV = """\ufefffileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_SubjectType;\
Entity_SubjectType_ClassificationCode;Entity_Regulation_Programme;NameAlias_WholeName;NameAlias_FirstName;\
NameAlias_LastName;NameAlias_Gender;BirthDate_BirthDate;BirthDate_Year;BirthDate_Circa;BirthDate_City;\
BirthDate_CountryIso2Code;Identification_Number;Identification_TypeCode;Citizenship_CountryIso2Code
03/02/2026;13;EU.1.1;P;person;EXA;Bahrom Sharipov;Bahrom;Sharipov;M;;;;;;;;
03/02/2026;13;EU.1.1;P;person;EXA;Баҳром Шарипов;;;;;;;;;;;
03/02/2026;13;EU.1.1;P;person;EXA;;;;;1979-12-31;1979;false;Kulob;TJ;;;
03/02/2026;13;EU.1.1;P;person;EXA;;;;;;;;;;AB1234567;passport;
03/02/2026;13;EU.1.1;P;person;EXA;;;;;;;;;;;;TJ
03/02/2026;14;EU.1.2;E;enterprise;EXA;Silk Trading;;;;;;;;;;;
"""


def test_the_eu_list_as_xml(tmp_path: Path) -> None:
    path = write(tmp_path, "eu.xml", EU_XML)
    assert issued_at(path, "eu") == "2026-02-03"
    assert list(read_list(path, "eu")) == [
        Entry(
            "eu-13",
            "Person",
            {
                "address": ("Lenin St. 1, Kulob, TAJIKISTAN",),
                "alias": ("Баҳром Шарипов",),
                "authorityId": ("EU.1.1",),
                "birthCountry": ("tj",),
                "birthDate": ("1979-12-31", "1976", "1977", "1975-05"),
                "birthPlace": ("Kulob, TAJIKISTAN",),
                "country": ("tj",),
                "firstName": ("Bahrom",),
                "gender": ("male",),
                "idNumber": ("77001",),
                "lastName": ("Sharipov",),
                "listingDate": ("2020-02-03",),
                "name": ("Bahrom Sharipov",),
                "nationality": ("tj",),
                "notes": (
                    "birthDate: circa 1976 to 1977",
                    "birthDate: 1400-01-02 ISLAMIC",
                    "National passport, AB1234567, TAJIKISTAN, knownfalse",
                    "id, 77001",
                    "Remark of the entity",
                ),
                "passportNumber": ("AB1234567",),
                "position": ("Treasurer",),
                "program": ("EXA",),
                "title": ("Dr",),
                "topics": ("sanction",),
                "unscId": ("XXi.001",),
                "weakAlias": ("Odin",),
            },
        ),
        Entry("eu-14", "Organization", {"name": ("Silk Trading",), "topics": ("sanction",)}),
        BadLine(3, "entry_invalid", {"field": "id", "rule": "length"}),
    ]


def test_the_eu_list_as_csv(tmp_path: Path) -> None:
    assert list(read_list(write(tmp_path, "eu.csv", EU_CSV), "eu")) == [
        Entry(
            "eu-13",
            "Person",
            {
                "alias": ("Баҳром Шарипов",),
                "authorityId": ("EU.1.1",),
                "birthCountry": ("tj",),
                "birthDate": ("1979-12-31",),
                "birthPlace": ("Kulob",),
                "firstName": ("Bahrom",),
                "gender": ("male",),
                "lastName": ("Sharipov",),
                "name": ("Bahrom Sharipov",),
                "nationality": ("tj",),
                "passportNumber": ("AB1234567",),
                "program": ("EXA",),
                "topics": ("sanction",),
            },
        ),
        Entry(
            "eu-14",
            "Organization",
            {"authorityId": ("EU.1.2",), "name": ("Silk Trading",), "program": ("EXA",), "topics": ("sanction",)},
        ),
    ]


def notice(colour: str, **fields: object) -> dict[str, object]:
    href = f"https://notices.example/notices/v1/{colour}/2026-77001"
    empty = dict.fromkeys(("forename", "name", "date_of_birth", "nationalities", "sex_id", "arrest_warrants"))
    return {**empty, "entity_id": "2026/77001", "_links": {"self": {"href": href}}, **fields}


def test_pages_and_notices_of_interpol(tmp_path: Path) -> None:
    short = notice("red", name="SHARIPOV", forename="BAHROM", date_of_birth="1979/12/31", nationalities=["TJ", "UZ"])
    page = {"total": 1, "query": {}, "_embedded": {"notices": [short]}, "_links": {}}
    whole = notice(
        "yellow",
        entity_id="2026/77002",
        name="SHARIPOVA",
        sex_id="F",
        place_of_birth="Kulob",
        country_of_birth_id="TJ",
        height=1.7,
        weight=0,
        eyes_colors_id=["BRO"],
        hairs_id=None,
        languages_spoken_ids=["TGK"],
        distinguishing_marks="Scar",
    )
    wanted = notice(
        "un",
        name="SILK TRADING",
        arrest_warrants=[{"issuing_country_id": "TJ", "charge": "Fraud", "charge_translation": None}],
    )
    text = json.dumps(page) + "\n" + json.dumps([whole, {**wanted, "entity_id": "2026/3"}, 7, notice("red")])
    assert list(read_list(write(tmp_path, "red.json", text), "interpol")) == [
        Entry(
            "interpol-2026-77001",
            "Person",
            {
                "birthDate": ("1979-12-31",),
                "firstName": ("BAHROM",),
                "lastName": ("SHARIPOV",),
                "name": ("SHARIPOV, BAHROM",),
                "nationality": ("tj", "uz"),
                "program": ("INTERPOL RED",),
                "sourceUrl": ("https://notices.example/notices/v1/red/2026-77001",),
                "topics": ("wanted",),
            },
        ),
        Entry(
            "interpol-2026-77002",
            "Person",
            {
                "appearance": ("Scar",),
                "birthCountry": ("tj",),
                "birthPlace": ("Kulob",),
                "eyeColor": ("BRO",),
                "gender": ("female",),
                "height": ("1.7",),
                "lastName": ("SHARIPOVA",),
                "name": ("SHARIPOVA",),
                "program": ("INTERPOL YELLOW",),
                "sourceUrl": ("https://notices.example/notices/v1/yellow/2026-77001",),
                "spokenLanguage": ("tgk",),
            },
        ),
        Entry(
            "interpol-2026-3",
            "Person",
            {
                "lastName": ("SILK TRADING",),
                "name": ("SILK TRADING",),
                "notes": ("TJ: Fraud",),
                "program": ("INTERPOL UN",),
                "sourceUrl": ("https://notices.example/notices/v1/un/2026-77001",),
                "topics": ("sanction",),
            },
        ),
        BadLine(4, "entry_invalid", {"field": "notice", "rule": "object"}),
        BadLine(5, "entry_invalid", {"field": "properties", "rule": "no_name_or_mark"}),
    ]


@pytest.mark.parametrize(
    ("format_", "text", "rule"),
    [
        ("un", UN[:-40], "xml"),
        ("un", "<html><body/></html>", "root"),
        ("un", "", "xml"),
        ("un", '<!DOCTYPE x [<!ENTITY a "b">]><CONSOLIDATED_LIST>&a;</CONSOLIDATED_LIST>', "xml_forbidden"),
        ("un", "<CONSOLIDATED_LIST>" + "<a>" * 100, "depth"),
        ("un", '<?xml version="1.0" encoding="klingon"?><CONSOLIDATED_LIST/>', "xml_encoding"),
        ("ofac", OFAC_XML.format(space="x")[:-9], "xml"),
        ("ofac", "id,name\n1,2\n", "ofac_number_first"),
        ("ofac", '1,"A', "truncated"),
        ("eu", EU_XML[:-9], "xml"),
        ("eu", "a;b\n1;2\n", "fsf_columns"),
        ("interpol", '{"a": 1', "json"),
    ],
)
def test_a_broken_file_is_told_by_its_rule(tmp_path: Path, format_: str, text: str, rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        list(read_list(write(tmp_path, "list", text), format_))
    assert (caught.value.code, caught.value.params["rule"]) == ("list_broken", rule)


def test_a_wrong_file_is_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "list", "<html/>")
    with pytest.raises(InvalidInput):
        read_list(path, "un")
    with pytest.raises(InvalidInput) as caught:
        read_list(path, "pdf")
    assert caught.value.code == "list_format"
