#include "process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

#include "version.h"

namespace filo::app {

void describe_process(Timestamp started, telemetry::MetricWriter& writer) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    writer.gauge("process_cpu_seconds_total", "Processor time used, in user and kernel mode.",
                 seconds(usage.ru_utime) + seconds(usage.ru_stime));
    writer.gauge("process_resident_memory_max_bytes", "The most memory that was resident at any time.",
                 static_cast<double>(usage.ru_maxrss) * 1024);
  }
  // statm: total size, resident size, … in pages.
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total_pages = 0;
  std::uint64_t resident_pages = 0;
  if (statm >> total_pages >> resident_pages) {
    writer.gauge("process_resident_memory_bytes", "Memory resident now.",
                 static_cast<double>(resident_pages) * static_cast<double>(sysconf(_SC_PAGESIZE)));
  }
  writer.gauge("process_start_time_seconds", "When the process started, in seconds since 1970.",
               static_cast<double>(started.unix_ns) * 1e-9);
  writer.gauge("filo_build_info", "1; the version is in the label.", 1, {{"version", version}});
}

}  // namespace filo::app
