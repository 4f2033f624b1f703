// Putting a page's record down again with another place, state or decision, together with what the index holds of it.
#pragma once

#include "storage/archive.h"

namespace chartscan::pipeline {

// What the index says of the page follows where it was indexed.
Status put_page(const storage::Records& records, storage::Change& change, const Page& after);

// `page` gives its place to `by` and stays in the archive, marked.
Status supersede(const storage::Records& records, storage::Change& change, PageId page, PageId by, PageBefore& before);

PageBefore before_of(const Page& page);

}  // namespace chartscan::pipeline
