// A small archive in memory with drawn pages in it, as the pipeline leaves them: original, geometry, words, document.
#pragma once

#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "imaging/clean.h"
#include "imaging/decode.h"
#include "storage/archive.h"
#include "tests/support/draw.h"

namespace chartscan::testing {

inline Hash stored(storage::Archive& archive, const std::vector<std::uint8_t>& bytes) {
  storage::Change change;
  std::size_t at = 0;
  const auto source = [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
    const std::size_t count = std::min(out.size(), bytes.size() - at);
    std::memcpy(out.data(), bytes.data() + at, count);
    at += count;
    return count;
  };
  const auto blob = archive.blobs().put(source, change.raw());
  REQUIRE(blob.ok());
  REQUIRE(archive.commit(change).ok());
  return blob->hash;
}

// The geometry that perfect measurements would give.
inline Geometry true_geometry(const imaging::Image& delivered, const Scan& scan) {
  Geometry geometry;
  geometry.rotation = scan.rotation;
  geometry.skew = scan.skew;
  imaging::make_working_image(delivered, geometry, {}, {});
  return geometry;
}

// Where a printed box stands in the working image: upright and straight, about the same centre as the paper.
inline Box working_box(const Rect& rect, PaperSize paper, const Geometry& geometry) {
  const double dpi = geometry.dpi_x * geometry.scale_x, scale = dpi / 72;
  const auto x = [&](double at) {
    return static_cast<int>(std::lround((at - paper.width / 2) * scale + geometry.working.width / 2.0));
  };
  const auto y = [&](double at) {
    return static_cast<int>(std::lround((at - paper.height / 2) * scale + geometry.working.height / 2.0));
  };
  return {x(rect.x), y(rect.y), x(rect.x + rect.width), y(rect.y + rect.height)};
}

struct ArchivedPage {
  Page page;
  PageText text;
};

// Equal heights of the printed boxes' tops make a line, as on paper.
inline ArchivedPage scanned_page(storage::Archive& archive, const Paper& paper, const Scan& scan, MediaType media,
                                 const std::vector<std::uint8_t>& original, const imaging::Image& delivered) {
  ArchivedPage made;
  made.page.original = {stored(archive, original), media, 0, "page"};
  made.page.state = PageState::Filed;
  made.page.geometry = true_geometry(delivered, scan);
  double top = -1;
  int line = 0;
  for (const PrintedWord& word : paper.words()) {
    if (std::abs(word.box.y - top) > 4) ++line;
    top = word.box.y;
    made.text.words.push_back({word.text, working_box(word.box, paper.size(), made.page.geometry), 0.9, line});
  }
  return made;
}

inline DocumentId filed(storage::Archive& archive, std::vector<ArchivedPage> pages, std::uint64_t first_id = 1) {
  storage::Change change;
  Document document;
  document.id = DocumentId{first_id};
  document.batch = BatchId{1};
  document.type = "progress_note";
  for (ArchivedPage& made : pages) {
    made.page.id = PageId{first_id + document.pages.size()};
    made.page.batch = BatchId{1};
    made.page.sequence = static_cast<int>(made.page.id.value);
    made.page.document = document.id;
    document.pages.push_back(made.page.id);
    change.put(made.page);
    change.put(made.page.id, made.text);
  }
  change.put(document);
  REQUIRE(archive.commit(change).ok());
  return document.id;
}

inline storage::Records records_of(storage::Archive& archive) {
  auto records = archive.read();
  REQUIRE(records.ok());
  return *std::move(records);
}

}  // namespace chartscan::testing
