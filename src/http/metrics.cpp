#include "http/metrics.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace http {

void MetricWriter::counter(std::string_view name, std::string_view help, double value, Labels labels) {
  write("counter", name, help, value, labels);
}

void MetricWriter::gauge(std::string_view name, std::string_view help, double value, Labels labels) {
  write("gauge", name, help, value, labels);
}

void MetricWriter::write(std::string_view type, std::string_view name, std::string_view help, double value,
                         Labels labels) {
  if (last_name_ != name) {
    last_name_ = name;
    text_.append("# HELP ")
        .append(name)
        .append(" ")
        .append(help)
        .append("\n# TYPE ")
        .append(name)
        .append(" ");
    text_.append(type).append("\n");
  }
  text_.append(name);
  if (labels.size() > 0) {
    char before = '{';
    for (const auto& [key, label] : labels) {
      text_ += before;
      text_.append(key).append("=\"");
      for (const char letter : label) {
        if (letter == '\\' || letter == '"') text_ += '\\';
        if (letter == '\n') {
          text_ += "\\n";
        } else {
          text_ += letter;
        }
      }
      text_ += '"';
      before = ',';
    }
    text_ += '}';
  }
  std::array<char, 40> number{};
  const bool whole = std::trunc(value) == value && std::abs(value) < 1e15;
  std::snprintf(number.data(), number.size(), whole ? " %.0f\n" : " %.9g\n", value);
  text_.append(number.data());
}

}  // namespace http
