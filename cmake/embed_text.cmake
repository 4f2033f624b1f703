# Writes a C++ file that holds the text of every ${FOLDER}/${PATTERN} as a list of (file name, text) called ${NAME},
# in namespace chartscan::${ROOM} (charts where nothing is said).
if(NOT ROOM)
  set(ROOM charts)
endif()
file(GLOB files ${FOLDER}/${PATTERN})
list(SORT files)
set(out "// Generated from ${PATTERN}.\n#include <string_view>\n#include <utility>\n#include <vector>\n\nnamespace chartscan::${ROOM} {\n\nextern const std::vector<std::pair<std::string_view, std::string_view>> ${NAME};\nconst std::vector<std::pair<std::string_view, std::string_view>> ${NAME}{\n")
foreach(file ${files})
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n     \"" text "${text}")  # pieces a line: one literal may hold 64 kB only
  string(APPEND out "    {\"${name}\",\n     \"${text}\"},\n")
endforeach()
string(APPEND out "};\n\n}  // namespace chartscan::${ROOM}\n")
file(WRITE ${OUT} "${out}")
