// Diagnostics for operators of the system, on stderr. Ids only: a patient's words never go into a log.
#pragma once

#include <string_view>

namespace chartscan::log {

enum class Level { Debug, Info, Warning, Error };

void set_level(Level level);
void write(Level level, std::string_view message);
inline void debug(std::string_view message) { write(Level::Debug, message); }
inline void info(std::string_view message) { write(Level::Info, message); }
inline void warning(std::string_view message) { write(Level::Warning, message); }
inline void error(std::string_view message) { write(Level::Error, message); }

}  // namespace chartscan::log
