// Figures in the text form of Prometheus (version 0.0.4).
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace http {

// Lines of one name must be written one after another.
class MetricWriter {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  void counter(std::string_view name, std::string_view help, double value, Labels labels = {});
  void gauge(std::string_view name, std::string_view help, double value, Labels labels = {});
  const std::string& text() const { return text_; }

 private:
  void write(std::string_view type, std::string_view name, std::string_view help, double value,
             Labels labels);

  std::string text_;
  std::string last_name_;
};

}  // namespace http
