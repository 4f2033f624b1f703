#include "samples/people.h"

#include <sstream>
#include <stdexcept>

namespace chartscan::samples {
namespace {

// Near-namesakes stand first: father and son, twins, same name twice, same name and birth date twice, MRNs that differ by
// one digit (4051873 / 4051878) or by two that changed places (4062917 / 4026917). Some fields are empty on purpose.
// Social security numbers begin with 999 and telephone numbers are 555-01xx: neither is ever given out.
constexpr std::string_view kCsv = R"(mrn,family,given,middle,dob,sex,ssn,phone,address,city,state,zip
4051873,Hargrove Sr,Walter,Thomas,1941-02-17,M,999-41-2087,555-0142,218 Quarry Lane,Dunmore,PA,18512
4051911,Hargrove Jr,Walter,Thomas,1966-09-30,M,999-66-4410,555-0142,218 Quarry Lane,Dunmore,PA,18512
4051878,Delacroix,Simone,Anne,1958-11-04,F,999-58-7731,555-0175,9 Millrace Court,Scranton,PA,18503
4062917,Whitfield,James,Robert,1972-03-12,M,999-72-1129,555-0118,440 Ash Street,Carbondale,PA,18407
4026917,Whitfield,James,Robert,1972-12-03,M,999-72-8856,555-0191,17 Poplar Terrace,Olyphant,PA,18447
4073305,Lindqvist,Maja,Karin,2016-05-21,F,999-16-3051,555-0133,62 Sawmill Road,Clarks Summit,PA,18411
4073306,Lindqvist,Milo,Anders,2016-05-21,M,999-16-3052,555-0133,62 Sawmill Road,Clarks Summit,PA,18411
4080214,Castellano,Dana,,1988-08-08,F,999-88-0214,555-0167,1103 Prospect Avenue,Scranton,PA,18505
4080215,Castellano,Dina,,1988-08-08,F,999-88-0215,555-0188,75 Garfield Street,Peckville,PA,18452
4091126,Nguyen,Thanh,,1975-01-01,M,,555-0109,28 Cedar Avenue,Scranton,PA,18505
4097742,Nguyen,Thanh,,1975-01-01,M,999-75-7742,,301 Birch Street,Taylor,PA,18517
4100358,Gonzalez,Maria,Elena,1963-06-14,F,999-63-0358,555-0126,54 Wyoming Avenue,Scranton,PA,18504
4100935,Gonzalez,Maria,Luz,1981-10-27,F,999-81-0935,555-0164,54 Wheeler Avenue,Dunmore,PA,18510
4112680,O'Rourke,Kathleen,Mary,1949-07-19,F,999-49-2680,555-0152,8 Harbor View,Jessup,PA,18434
4118043,Petrakis,Nikolas,,1955-12-25,M,999-55-8043,555-0113,77 Monroe Avenue,Scranton,PA,18510
4120577,Abernathy,Lucille,Jean,1936-04-02,F,999-36-0577,555-0139,Maple Court Apt 4B,Dickson City,PA,18519
4123390,Osei-Bonsu,Kwame,,1990-02-11,M,999-90-3390,555-0181,215 Linden Street,Scranton,PA,18503
4127865,Vandermeer,Ingrid,Sophia,1979-05-30,F,999-79-7865,555-0170,12 Abington Road,Clarks Summit,PA,18411
4131452,Tran,Linh,Thi,1985-09-09,F,,555-0144,69 Capouse Avenue,Scranton,PA,18509
4135008,McAllister III,Duncan,Reid,1969-01-22,M,999-69-5008,555-0102,1 Waverly Heights,Waverly,PA,18471
4139961,Bhattacharya,Anjali,,1994-03-18,F,999-94-9961,555-0157,330 Spruce Street,Scranton,PA,18503
4142233,Kowalczyk,Stanley,Joseph,1944-10-06,M,999-44-2233,555-0129,502 Breaker Street,Old Forge,PA,18518
4146674,Feldman,Ruth,Esther,1952-08-15,F,999-52-6674,555-0136,41 Electric Street,Scranton,PA,18509
4150129,Ramirez,Hector,Luis,1977-07-07,M,999-77-0129,555-0195,905 Hickory Street,Scranton,PA,18505
4153387,Sorensen,Erik,,,M,999-60-3387,555-0121,14 Ferry Road,Archbald,PA,18403
4158840,Baptiste,Claudette,Marie,1961-02-28,F,999-61-8840,555-0148,266 Main Street,Mayfield,PA,18433
4161906,Yoder,Samuel,,1983-11-16,M,,,Rural Route 2 Box 118,Factoryville,PA,18419
4165513,Khoury,Layla,Noor,2001-06-03,F,999-01-5513,555-0177,88 Vine Street,Scranton,PA,18503
4170048,Prescott,Beatrice,Anne,1947-09-24,F,999-47-0048,555-0103,23 Chestnut Hill,Moscow,PA,18444
4174420,Dombrowski,Frank,Casimir,1938-12-12,M,999-38-4420,555-0160,731 River Street,Blakely,PA,18447
4178851,Ito,Haruka,,1992-04-26,F,999-92-8851,555-0184,19 Clay Avenue,Scranton,PA,18510
4181197,Fitzgerald,Sean,Patrick,1959-03-17,M,999-59-1197,555-0115,1420 Green Ridge Street,Scranton,PA,18509
4185562,Mbeki,Thandiwe,,1987-01-09,F,999-87-5562,555-0199,57 Harrison Avenue,Scranton,PA,18510
4189034,Carmichael,Gordon,Lee,1964-05-05,M,999-64-9034,555-0131,306 Church Street,Jermyn,PA,18433
4192718,Silva,Joao,Pedro,1998-10-10,M,999-98-2718,555-0154,48 Pine Street,Dunmore,PA,18512
4196645,Eriksen,Solveig,,1971-12-01,F,999-71-6645,555-0106,5 Lakeside Drive,Tunkhannock,PA,18657
4203059,Albright,Theodore,Lee,1979-12-27,M,999-79-9684,555-0103,863 Jackson Street,Scranton,PA,18504
4206866,Bianchi,Gianna,Marion,1965-11-02,F,999-65-3569,555-0114,383 Washburn Street,Dunmore,PA,18512
4210687,Crowe,Percival,,1965-07-18,M,999-65-2670,555-0173,258 Luzerne Street,Carbondale,PA,18407
4212640,Dvorak,Milena,Francis,1961-07-09,F,999-61-3983,555-0198,401 Olive Street,Olyphant,PA,18447
4215193,Ellsworth,Agnes,Robin,1943-03-20,F,999-43-8288,,132 Pittston Avenue,Dalton,PA,18414
4217634,Farouk,Omar,,1934-01-07,M,,555-0199,223 Cherry Street,Scranton,PA,18504
4220213,Grabowski,Leonard,Avery,1955-05-11,M,999-55-4258,555-0169,900 Orchard Road,Dunmore,PA,18512
4222951,Hollis,Vivian,Leslie,1957-12-07,F,999-57-7278,555-0138,25 Fallbrook Street,Carbondale,PA,18407
4226330,Iverson,Astrid,Lee,1987-03-05,F,999-87-5322,555-0108,342 Jackson Street,Olyphant,PA,18447
4229464,Jankowski,Tadeusz,Marion,2011-10-01,M,999-11-6536,555-0108,320 Washburn Street,Dalton,PA,18414
4232819,Kessler,Miriam,,1973-08-23,F,999-73-6173,555-0123,495 Luzerne Street,Scranton,PA,18504
4236654,Lombardi,Vincent,Francis,1956-01-09,M,,,964 Olive Street,Dunmore,PA,18512
4238647,Marchetti,Rosa,Robin,1979-07-01,F,999-79-9995,555-0153,377 Pittston Avenue,Carbondale,PA,18407
4242088,Novak,Pavel,,2008-01-15,M,999-08-1765,555-0190,188 Cherry Street,Olyphant,PA,18447
4244792,Oyelaran,Folake,Avery,1949-04-27,F,999-49-8572,555-0144,527 Orchard Road,Dalton,PA,18414
4248145,Pruitt,Harriet,Leslie,2001-05-25,F,999-01-8583,555-0113,606 Fallbrook Street,Scranton,PA,18504
4251549,Quigley,Desmond,Lee,1971-01-14,M,999-71-2493,555-0126,351 Jackson Street,Dunmore,PA,18512
4255549,Rosenthal,Naomi,Marion,2012-06-05,F,,555-0143,285 Washburn Street,Carbondale,PA,18407
4257826,Szymanski,Bogdan,,1973-11-11,M,999-73-6016,,184 Luzerne Street,Olyphant,PA,18447
4260046,Talbot,Cornelia,Francis,2014-03-24,F,999-14-6067,555-0161,168 Olive Street,Dalton,PA,18414
4262144,Underhill,Silas,Robin,1944-10-18,M,999-44-7650,555-0104,246 Pittston Avenue,Scranton,PA,18504
4265452,Varga,Zsofia,,1966-08-21,F,999-66-7910,555-0118,60 Cherry Street,Dunmore,PA,18512
4267486,Wexler,Arthur,Avery,1997-06-27,M,999-97-4392,555-0116,752 Orchard Road,Carbondale,PA,18407
4269929,Zielinski,Wanda,Leslie,2014-07-04,F,,555-0121,447 Fallbrook Street,Olyphant,PA,18447
)";

std::vector<Person> parsed() {
  std::vector<Person> all;
  std::istringstream rows{std::string(kCsv)};
  std::string row;
  std::getline(rows, row);  // header
  while (std::getline(rows, row)) {
    std::istringstream cells(row);
    Person person;
    for (auto* cell : {&person.mrn, &person.family, &person.given, &person.middle, &person.dob, &person.sex, &person.ssn,
                       &person.phone, &person.address, &person.city, &person.state, &person.zip}) {
      std::getline(cells, *cell, ',');
    }
    all.push_back(std::move(person));
  }
  return all;
}

}  // namespace

std::string_view patients_csv() { return kCsv; }

const std::vector<Person>& people() {
  static const std::vector<Person> all = parsed();
  return all;
}

const Person& person(std::string_view mrn) {
  for (const auto& person : people()) {
    if (person.mrn == mrn) return person;
  }
  throw std::out_of_range("no sample patient has MRN " + std::string(mrn));
}

Person stranger() {
  return {"4977120", "Merriweather", "Josephine",      "Opal",      "1953-01-29", "F",
          "",        "555-0173",     "3 Turnpike Row", "Honesdale", "PA",         "18431"};
}

}  // namespace chartscan::samples
