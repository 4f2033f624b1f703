// One document of the samples before it is scanned: its sheets, and what is true of it. Made by narrative.h and forms.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "samples/house.h"

namespace chartscan::samples {

// Whom and what a document is about. `shown` is what is printed; it differs from the person where a sample wants it to.
struct Visit {
  const House* house = nullptr;
  Person person;
  std::string date;       // YYYY-MM-DD, printed as date of service; empty = the document has none
  std::string attending;  // "R. Calloway, MD"
  bool is_signed = true;
  Identity shown;
};
Visit visit(const House& house, const Person& person, const std::string& date, const std::string& attending);
Visit unsigned_form(Visit visit);
Visit without_mrn(Visit visit);
Visit with_mrn(Visit visit, const std::string& mrn);

std::uint64_t hand_of(const std::string& person);  // everybody signs in their own hand

struct Sheet {
  Paper paper;
  std::vector<std::string> barcodes;
  std::vector<std::string> printed;  // "name", "dob", "mrn"
};

struct SampleDocument {
  std::string type;  // code of the contract
  Visit visit;
  std::vector<std::shared_ptr<Sheet>> sheets;
  std::vector<std::string> terms;  // printed on it, and on few others
};

// Puts text on sheet after sheet: headings, paragraphs and table rows flow down the columns and on to the next sheet,
// which repeats whose document it is. finish() adds the page numbers.
class Flow {
 public:
  Flow(const Visit& visit, std::string type, const std::string& title, int columns = 1);

  Paper& paper() { return document_.sheets.back()->paper; }
  double y() const { return y_; }
  void move_to(double y) { y_ = y; }
  void skip(double points) { y_ += points; }
  double left() const;
  double width() const;
  Type body() const { return visit_.house->body(); }

  void heading(const std::string& text);
  void section(const std::string& heading, const std::string& body);  // heading in the house's manner
  void paragraph(const std::string& text, double indent = 0);
  void need(double points);  // goes on to the next column or sheet when less is left

  // A line to sign on with the words below it; ink only when the visit is signed.
  void signature(const std::string& caption, std::uint64_t hand, const std::string& date = "");

  SampleDocument finish(std::vector<std::string> terms, bool page_numbers = true);

 private:
  void first_sheet(const std::string& title);
  void next_sheet();
  double bottom() const;

  Visit visit_;
  SampleDocument document_;
  std::string title_;
  int columns_ = 1, column_ = 0;
  double top_ = 0, y_ = 0;
};

}  // namespace chartscan::samples
