// The paper behind a scanned batch's sides: which sheets are whole, which lack a side, where feeding must go on. Pure.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "core/batch.h"
#include "core/page.h"

namespace chartscan {

// One sheet that was fed at least once. `whole` and `sides` are of the attempt that counts: the highest whole one, else the highest.
struct Sheet {
  int number = 0;
  int attempt = 0;       // that counts
  int last_attempt = 0;  // the highest that left a side behind
  int sides = 0;
  bool whole = false;
  PageId front;  // its first stored side
};

class Sheets {
 public:
  void add(const Page& page);  // any order; sides of files and sides that are out count for attempts only

  int last_whole() const;               // 0 = none
  int highest() const;                  // of any sheet that left a side behind
  int counted() const;                  // whole sheets
  std::vector<int> incomplete() const;  // a side is stored, the sheet is not whole
  std::vector<int> missing() const;     // below the highest, and nothing of them counts
  const Sheet* find(int number) const;

 private:
  std::map<int, Sheet> sheets_;
};

Sheets sheets_of(std::span<const Page> pages);

// Where feeding of an interrupted batch goes on: every sheet from here may be in doubt and must lie in the feeder again.
struct ResumePoint {
  int sheet = 1;
  int attempt = 1;   // of that sheet
  PageId last_good;  // a side of the sheet before it, to look at; none = no sheet is good
};
ResumePoint resume_point(const Batch& batch, const Sheets& sheets);

// "The last good sheet is 16 (page P00000031). Put back sheet 17 and everything after it ..."
std::string put_back_words(const Batch& batch, const ResumePoint& point);

}  // namespace chartscan
