#include "tests/support/draw.h"

#include <array>

#include "tests/support/random.h"

namespace chartscan::testing {

Paper text_paper(const std::vector<std::string>& lines, const Type& type, PaperSize size) {
  Paper paper(size);
  double y = 72;
  for (const auto& line : lines) y = paper.text({72, y}, line, type) + 2;
  return paper;
}

imaging::Image draw_text_page(const std::vector<std::string>& lines, const Scan& scan) {
  return scanned(text_paper(lines), scan);
}

std::vector<std::string> some_lines(int count) {
  static constexpr std::array kLines{
      "The patient was seen in clinic this morning for follow-up of her blood pressure.",
      "She reports fewer headaches since the dose of lisinopril was raised to 20 mg daily.",
      "No chest pain, shortness of breath, palpitations or swelling of the ankles.",
      "Home readings over the past two weeks were between 124/76 and 138/84.",
      "On examination the lungs are clear and the heart rhythm is regular without murmur.",
      "Laboratory tests drawn last Tuesday: potassium 4.2, creatinine 0.9, glucose 101.",
      "We discussed salt in the diet, walking for thirty minutes a day, and sleep.",
      "Plan: continue the present medicines, repeat a metabolic panel in three months,",
      "and return sooner should dizziness or a persistent cough appear.",
      "Questions were answered and the patient agreed with this plan of care.",
  };
  std::vector<std::string> lines;
  for (int i = 0; i < count; ++i) lines.emplace_back(kLines[i % kLines.size()]);
  return lines;
}

imaging::Image draw_blank_page(const Scan& scan, int dust) {
  Paper paper;
  Random random(scan.seed);
  for (int i = 0; i < dust; ++i) {
    paper.dot({random.between(20, paper.size().width - 20), random.between(20, paper.size().height - 20)},
              random.between(0.3, 0.9));
  }
  return scanned(paper, scan);
}

}  // namespace chartscan::testing
