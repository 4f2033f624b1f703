// Pages that types, identifiers and boundaries are measured with: documents of the held-out families (bench/page_families) and of notes,
// dressed with patient blocks that training and tuning have not seen, with everything known. Drawn on paper or handed over as text.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "charts/training/page_text.h"
#include "charts/training/templates.h"
#include "core/page.h"
#include "tests/support/marks.h"
#include "tests/support/paper.h"

namespace chartscan::bench {

using charts::training::Random;

struct BenchPage {
  std::string text;  // as charts/training/page_text.h lays it out
  std::vector<std::string> types;
  std::map<FieldKind, std::string> fields;  // that are printed on it
  bool starts = false;
};

struct Person {
  std::string family, given, middle, mrn, account, phone, ssn, street, city, state, zip, sex;
  int year = 0, month = 0, day = 0;
};

inline std::string two(int n) { return (n < 10 ? "0" : "") + std::to_string(n); }

inline std::string pick(const std::vector<std::string>& list, Random& random) { return list[random.below(list.size())]; }

inline std::string digits(std::size_t count, Random& random) {
  std::string out = std::to_string(1 + random.below(9));
  while (out.size() < count) out += std::to_string(random.below(10));
  return out;
}

inline Person person(Random& random) {
  Person p;
  p.family = pick({"Kowalczyk", "Braithwaite", "Delacroix", "Ferreira", "Osterhaus", "Nakagawa", "Tillman", "Ravindran", "O'Connell", "Eastman", "Valdez", "Byrne"}, random);
  p.given = pick({"Marguerite", "Leopold", "Annika", "Rosalind", "Gideon", "Thelma", "Casper", "Yvonne", "Duncan", "Harriet", "Ramon", "Beatrix"}, random);
  p.middle = pick({"", "T", "L", "Q", "J"}, random);
  p.mrn = digits(6 + random.below(4), random);
  p.account = digits(9, random);
  p.phone = "555" + digits(7, random);
  p.ssn = digits(4, random);
  p.street = digits(2 + random.below(3), random) + " " + pick({"Juniper Lane", "W Ninth St", "Quarry Road", "Beacon Hill Ave", "County Highway 7"}, random);
  p.city = pick({"Salem", "Bangor", "Duluth", "Ogden", "Macon"}, random);
  p.state = pick({"OR", "ME", "MN", "UT", "GA"}, random);
  p.zip = digits(5, random);
  p.sex = random.chance(0.5) ? "F" : "M";
  p.year = 1925 + static_cast<int>(random.below(90)), p.month = 1 + static_cast<int>(random.below(12)), p.day = 1 + static_cast<int>(random.below(28));
  return p;
}

inline std::string printed_date(int year, int month, int day, Random& random) {
  static const std::vector<std::string> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string& name = kMonths[static_cast<std::size_t>(month - 1)];
  switch (random.below(6)) {
    case 0: return two(month) + "/" + two(day) + "/" + std::to_string(year);
    case 1: return two(month) + "-" + two(day) + "-" + std::to_string(year);
    case 2: return std::to_string(year) + "-" + two(month) + "-" + two(day);
    case 3: return two(day) + " " + name + " " + std::to_string(year);
    case 4: return name + " " + std::to_string(day) + ", " + std::to_string(year);
    default: return std::to_string(month) + "/" + std::to_string(day) + "/" + std::to_string(year);
  }
}

inline std::string iso(int year, int month, int day) { return std::to_string(year) + "-" + two(month) + "-" + two(day); }

inline std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// A patient block in one of several layouts. Their decoys (referring doctors, relatives, insurance numbers) are not the patient.
class Block {
 public:
  Block(const Person& p, Random& random) : p_(p), random_(random) { layout_ = random.below(12); }

  std::string text() const { return text_; }
  const std::map<FieldKind, std::string>& fields() const { return fields_; }

  Block& make() {
    const int year = 2008 + static_cast<int>(random_.below(16)), month = 1 + static_cast<int>(random_.below(12)), day = 1 + static_cast<int>(random_.below(28));
    service_ = iso(year, month, day);
    const std::string date = printed_date(year, month, day, random_);
    switch (layout_) {
      case 0: line("Patient Name: " + last_first() + "\tMRN: " + mrn()), line("DOB: " + dob() + "\tSex: " + sex() + "\tDate of Service: " + service(date)); break;
      case 1: line("M R N  " + mrn() + "\tName  " + first_last()), line("Birthdate  " + dob() + "\tAcct #  " + account()); break;
      case 2: line("PATIENT\tMED REC NO\tBIRTH DATE\tSEX"), line(upper(last_first()) + "\t" + mrn() + "\t" + dob() + "\t" + sex()); break;
      case 3: line(upper(last_first())), line("MRN#" + mrn() + "  " + dob() + "  " + sex()), line("ACCT " + account()); break;
      case 4: line("Name of patient: " + first_last()), line("Address: " + address()), line("Tel: " + phone() + "\tDate of birth: " + dob()), line("Med. Rec. #: " + mrn()); break;
      case 5: line("Pt: " + last_first() + "\tUnit No: " + mrn()), line("D.O.B. " + dob() + "\tGender: " + (sex() == "F" ? "Female" : "Male")), line("Referring physician: Dr. Alan Pruitt"); break;
      case 6: line("Patient: " + first_last() + "\tMR #: " + mrn()), line("Mother: Greta Halvorsen\tDOB: " + dob()), line("Account Number: " + account()); break;
      case 7: line("LAST NAME\tFIRST NAME\tDATE OF BIRTH"), line(upper(p_.family) + "\t" + upper(p_.given) + "\t" + dob()), name_only(), line("MEDICAL RECORD NUMBER: " + mrn() + "\tSSN: xxx-xx-" + ssn()); break;
      case 8: line("RE: " + first_last() + "   DOB: " + dob() + "   MRN: " + mrn()); break;
      case 9: line("Patient Name " + last_first()), line("MRN " + mrn() + "  Age 54  DOB " + dob()), line("Adm: " + admitted(date)), line("Guarantor: Wendell Pike  Phone: (612) 555-0199"); break;
      case 10: line("Resident: " + last_first() + "\tChart #: " + mrn() + "\tDOB: " + dob()), line("Emergency contact: Lucille Baptiste (704) 555-0123"); break;
      default: line(last_first() + "   " + sex() + "   " + dob()), line("MRN " + mrn() + "   FIN " + account()); break;
    }
    return *this;
  }

 private:
  void line(const std::string& one) { text_ += one + "\n"; }
  std::string keep(FieldKind kind, std::string normal, std::string printed) {
    fields_[kind] = std::move(normal);
    return printed;
  }
  std::string name_field() const { return upper(p_.family + ", " + p_.given + (p_.middle.empty() ? "" : " " + p_.middle)); }
  std::string last_first() { return keep(FieldKind::PatientName, name_field(), p_.family + ", " + p_.given + (p_.middle.empty() ? "" : " " + p_.middle)); }
  std::string first_last() { return keep(FieldKind::PatientName, name_field(), p_.given + (p_.middle.empty() ? "" : " " + p_.middle + ".") + " " + p_.family); }
  void name_only() { fields_[FieldKind::PatientName] = upper(p_.family + ", " + p_.given); }
  std::string mrn() { return keep(FieldKind::Mrn, p_.mrn, p_.mrn); }
  std::string account() { return keep(FieldKind::Account, p_.account, p_.account); }
  std::string dob() { return keep(FieldKind::BirthDate, iso(p_.year, p_.month, p_.day), printed_date(p_.year, p_.month, p_.day, random_)); }
  std::string sex() { return keep(FieldKind::Sex, p_.sex, p_.sex); }
  std::string ssn() { return keep(FieldKind::SsnLast4, p_.ssn, p_.ssn); }
  std::string phone() { return keep(FieldKind::Phone, p_.phone, "(" + p_.phone.substr(0, 3) + ") " + p_.phone.substr(3, 3) + "-" + p_.phone.substr(6)); }
  std::string address() {
    const std::string all = p_.street + ", " + p_.city + ", " + p_.state + " " + p_.zip;
    return keep(FieldKind::Address, upper(p_.street + ", " + p_.city + ", " + p_.state + ", " + p_.zip), all);
  }
  std::string service(const std::string& date) { return keep(FieldKind::ServiceDate, service_, date); }
  std::string admitted(const std::string& date) { return keep(FieldKind::AdmitDate, service_, date); }

  const Person& p_;
  Random& random_;
  std::size_t layout_ = 0;
  std::string text_, service_;
  std::map<FieldKind, std::string> fields_;
};

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') lines.emplace_back();
    else lines.back() += c;
  }
  return lines;
}

// What an office prints around its pages: a letterhead, and who signed when.
inline void add_letterhead(BenchPage& page, Random& random) {
  const std::string place = pick({"Wendover", "Saint Odile", "Lower Cape", "Blue Mesa", "Trinity Park"}, random) + " " +
                            pick({"Hospital", "Medical Center", "Family Clinic", "Health Center", "Community Hospital"}, random);
  page.text = (random.chance(0.5) ? "# " : "") + place + "\n" + page.text;
  page.fields[FieldKind::Facility] = place;
}

inline void add_signer(BenchPage& page, Random& random) {
  const std::string given = pick({"Miriam", "Stuart", "Ingrid", "Caleb", "Noor"}, random), family = pick({"Ashworth", "Delgado", "Feldman", "Oakes", "Tierney"}, random);
  const int year = 2008 + static_cast<int>(random.below(16)), month = 1 + static_cast<int>(random.below(12)), day = 1 + static_cast<int>(random.below(28));
  const std::string date = printed_date(year, month, day, random);
  switch (random.below(4)) {
    case 0: page.text += "\nElectronically signed by " + given + " " + family + ", MD on " + date + "\n"; break;
    case 1: page.text += "\nDictated by: " + given + " " + family + ", M.D.\tDate signed: " + date + "\n"; break;
    case 2: page.text += "\n" + given + " " + family + ", DO\nSigned: " + date + " 14:20\n"; break;
    default: page.text += "\nProvider: " + given + " " + family + ", NP\nSignature: ____________ Date: " + date + "\n"; break;
  }
  page.fields[FieldKind::Author] = family;  // however it is written, its family name
  page.fields[FieldKind::SignatureDate] = iso(year, month, day);
}

// A document's bodies, a page each, as pages with patient blocks and page numbers as offices print them: all, some or none.
inline std::vector<BenchPage> dressed(const std::vector<std::string>& bodies, const std::vector<std::string>& types, const Person& who, Random& random) {
  const bool numbered = random.chance(0.4), of_total = random.chance(0.7), repeats = random.chance(0.6), header = random.chance(0.85);
  const bool letterhead = random.chance(0.3), is_signed = random.chance(0.3);
  Block block(who, random);
  block.make();
  std::vector<BenchPage> pages;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    BenchPage page;
    page.types = types;
    page.starts = i == 0;
    if (header && (i == 0 || repeats)) {
      page.text = block.text();
      page.fields = block.fields();
    }
    if (i == 0 && letterhead) add_letterhead(page, random);
    page.text += bodies[i];
    if (i + 1 == bodies.size() && is_signed) add_signer(page, random);
    if (numbered && bodies.size() + random.below(2) > 1) {
      const std::string number = std::to_string(i + 1), total = std::to_string(bodies.size());
      page.text += "\nPage " + number + (of_total ? " of " + total : "") + "\n";
      page.fields[FieldKind::PageNumber] = number + "/" + (of_total ? total : "");
    }
    pages.push_back(std::move(page));
  }
  return pages;
}

inline std::vector<std::string> columns_of(const std::string& line) {
  std::vector<std::string> columns(1);
  for (const char c : line) {
    if (c == '\t') columns.emplace_back();
    else columns.back() += c;
  }
  return columns;
}

constexpr double kSmallestType = 0.75;  // of the page's type, in a row of a table

// The page on paper, in one of several dresses; check boxes are boxes, underscores are lines.
inline testing::Paper drawn(const BenchPage& page, Random& random) {
  using namespace testing;
  Paper paper;
  Type type;
  type.family = pick({"Liberation Sans", "DejaVu Serif", "Liberation Serif", "DejaVu Sans", "Liberation Mono"}, random);
  type.size = 9 + 2 * random.uniform();
  const double left = 40 + 30 * random.uniform();
  double y = 40 + 20 * random.uniform();
  for (const std::string& line : lines_of(page.text)) {
    if (y > 750) break;
    if (line.empty()) {
      y += type.size * 0.6;
    } else if (line.starts_with("# ")) {
      const Type large = type.bolder().sized(type.size * 1.45);
      y = random.chance(0.7) ? paper.text({306, y}, line.substr(2), large, Align::Center) : paper.text({left, y}, line.substr(2), large);
      y += 5;
    } else if (line.find('\t') == line.npos) {
      std::string words;
      double x = left;
      for (std::size_t at = 0; at < line.size();) {
        if (line.compare(at, 3, "[ ]") == 0 && words.empty()) {
          paper.box({x, y + 2, type.size * 0.75, type.size * 0.75});
          x += type.size * 1.2;
          at += 3;
        } else if (line[at] == '_') {
          const auto end = std::min(line.find_first_not_of('_', at), line.size());
          if (!words.empty()) paper.text({x, y}, words, type);
          x += words.empty() ? 0 : paper.text_width(words, type) + 4;
          words.clear();
          const double length = std::min(560 - x, 6.0 * static_cast<double>(end - at));
          if (length > 4) paper.line({x, y + type.size * 1.15}, {x + length, y + type.size * 1.15});
          x += std::max(0.0, length) + 6;
          at = end;
        } else {
          words += line[at++];
        }
      }
      y = words.empty() ? y + type.size * 1.35 : paper.paragraph({x, y}, std::max(60.0, 572 - x), words, type) + 2;
    } else {
      // What is printed is printed whole: in a smaller type where columns stay under each other so, else in columns as wide as they must be.
      const std::vector<std::string> texts = columns_of(line);
      std::vector<double> widths;
      double needed = 0, widest = 0;
      for (const std::string& text : texts) {
        widths.push_back(paper.text_width(text, type) + 8);
        needed += widths.back();
        widest = std::max(widest, widths.back());
      }
      const double room = 560 - left, equal = room / static_cast<double>(texts.size());
      const bool aligned = widest * kSmallestType <= equal;
      const Type of_row = type.sized(type.size * std::min(1.0, aligned ? equal / widest : room / needed));
      std::vector<testing::Cell> cells;
      double x = left;
      for (std::size_t i = 0; i < texts.size(); ++i) {
        if (!texts[i].empty()) cells.push_back({x, 0, texts[i]});
        x += aligned ? equal : widths[i] * room / needed;
      }
      y = paper.row(y, cells, of_row) + 3;
    }
  }
  return paper;
}

}  // namespace chartscan::bench
