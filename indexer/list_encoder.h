// Postings -> the bytes that posting_list.h describes. One encoder a segment: it keeps its buffers from one term to the next. One thread.
#pragma once

#include <string>
#include <vector>

#include "indexer/posting_list.h"
#include "indexer/rows.h"

namespace chartscan::indexer {

struct EncodedPostings {
  std::string list;
  std::vector<std::string> chunks;  // of places; none for a short list
};

// What a word's weight on each page of a segment is held against: 1 / norm() of the page, under the segment's mean length.
class InverseNorms {
 public:
  InverseNorms(const PageLengths& pages, double mean);
  float of(PageNo page) const { return is_dense_ ? inverses_[page - first_] : search(page); }

 private:
  float search(PageNo page) const;

  PageNo first_ = 0;
  bool is_dense_ = true;        // a number for every page from first_ on; else for those in pages_ alone
  std::vector<float> inverses_;
  std::vector<PageNo> pages_;
};

class ListEncoder {
 public:
  // Every page that lists will name is among `pages`.
  explicit ListEncoder(const PageLengths& pages, double mean);

  void encode(const Postings& postings, EncodedPostings& out);

 private:
  double encode_few(const Postings& postings, std::string& out) const;
  double encode_packed(const Postings& postings, std::string& out);
  double encode_long(const Postings& postings, EncodedPostings& out);
  void finish_chunk(EncodedPostings& out);
  // Grows with the page's saturation().
  float ratio(PageNo page, std::span<const Place> places) const { return static_cast<float>(weight_of(places)) * norms_.of(page); }

  const PageNo base_;
  const InverseNorms norms_;
  bool spans_ = false;                               // of the list being made
  std::vector<std::uint32_t> differences_, starts_;  // of the chunk being made
  std::vector<std::uint32_t> offsets_;               // of every kGroupsTogether-th of its groups
  std::string heads_, bodies_;
};

}  // namespace chartscan::indexer
