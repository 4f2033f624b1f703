// What backends call things. SANE fixes the names of a few options and leaves their values to each backend; these are the
// tables of what is met in the field. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner-drivers/driver.h"

namespace chartscan::scan::sane {

// "ADF Front", "Automatic Document Feeder(centrally aligned,Duplex)", "FlatBed"... Nothing for a film unit, a card slot, the
// back side alone or a name that says nothing.
std::optional<PaperSource> source_meant(std::string_view backend_name);
// Of a source that was chosen by its own name, whatever that is. What feeds paper ends by itself; anything else gives one
// side, because a glass would give the same one for ever.
PaperSource source_used(std::string_view backend_name);
// "Lineart", "24bit Color[Fast]", "Black & White", "True Gray"...
std::optional<PixelMode> mode_meant(std::string_view backend_name);

// The best of a backend's names, or null: the plain name before dithered, fast or odd variants.
const std::string* best_source(const std::vector<std::string>& names, PaperSource wanted);
const std::string* best_mode(const std::vector<std::string>& names, PixelMode wanted);

// Of an option that says how many sides are fed ("Duplex", "Both sides", "Double"): true for both, false for one.
std::optional<bool> duplex_meant(std::string_view backend_value);

std::span<const char* const> duplex_options();        // "adf-mode", "duplex"...: beside the source
std::span<const char* const> paper_sensors();         // "page-loaded"...
std::span<const char* const> double_feed_sensors();   // set by the device after it stopped
std::span<const char* const> double_feed_switches();  // turn detection on
std::span<const char* const> page_droppers();         // leave out sides they think blank: always off

bool same_word(std::string_view a, std::string_view b);  // capitals do not count

}  // namespace chartscan::scan::sane
