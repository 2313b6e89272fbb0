# The subcommands that are clients: of an OTLP endpoint (loadgen, demo) and of the query API (search, trace, loadgen
# --verify). A library, so that its parts have unit tests.
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)

filo_module(commands
  SOURCES command_line.cpp demo_command.cpp loadgen_command.cpp loadgen_report.cpp loadgen_run.cpp loadgen_sender.cpp
          loadgen_verify.cpp query_client.cpp search_command.cpp terminal_text.cpp trace_command.cpp trace_tree.cpp
  TESTS command_line_test.cpp loadgen_report_test.cpp terminal_text_test.cpp trace_tree_test.cpp
  DEPS filo::base filo::model filo::net filo::workload
  PRIVATE_DEPS filo::concurrency filo::filter filo::wire_otlp CLI11::CLI11 fmt::fmt PkgConfig::SIMDJSON)
