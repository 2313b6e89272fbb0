# One function per kind of target. A module's CMakeLists.txt is one call; sources are listed, never globbed, so that
# scripts/check can tell a file that no target builds.

# filo_module(NAME
#   SOURCES a.cpp …      compiled into the static library filo_NAME (alias filo::NAME); a module of headers lists none
#   TESTS   a_test.cpp … one GoogleTest binary, NAME_test, each test known to ctest
#   BENCHES a_bench.cpp  one Google Benchmark binary, NAME_bench
#   FUZZERS a_fuzz.cpp … one libFuzzer binary a file; outside the fuzz preset each becomes a test that replays its corpus
#   DEPS    targets that the headers need;  PRIVATE_DEPS targets that only the sources need;  TEST_DEPS for tests alone)
function(filo_module name)
  cmake_parse_arguments(M "" "" "SOURCES;TESTS;BENCHES;FUZZERS;DEPS;PRIVATE_DEPS;TEST_DEPS" ${ARGN})
  set(target filo_${name})
  if(M_SOURCES)
    add_library(${target} STATIC ${M_SOURCES})
    target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${target} PUBLIC ${M_DEPS} PRIVATE ${M_PRIVATE_DEPS} Threads::Threads)
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${target} INTERFACE ${M_DEPS} Threads::Threads)
  endif()
  add_library(filo::${name} ALIAS ${target})
  if(M_TESTS AND FILO_TESTS)
    filo_test(${name}_test SOURCES ${M_TESTS} DEPS ${target} ${M_PRIVATE_DEPS} ${M_TEST_DEPS})
  endif()
  if(M_BENCHES AND FILO_BENCHES)
    add_executable(${name}_bench ${M_BENCHES})
    target_link_libraries(${name}_bench PRIVATE ${target} ${M_PRIVATE_DEPS} ${M_TEST_DEPS} benchmark::benchmark_main)
    target_include_directories(${name}_bench PRIVATE ${CMAKE_SOURCE_DIR})
    set_property(GLOBAL APPEND PROPERTY FILO_BENCH_TARGETS ${name}_bench)
  endif()
  if(FILO_TESTS)
    foreach(source ${M_FUZZERS})
      filo_fuzzer(${source} DEPS ${target} ${M_PRIVATE_DEPS} ${M_TEST_DEPS})
    endforeach()
  endif()
endfunction()

# filo_test(NAME SOURCES … DEPS …): a GoogleTest binary; each TEST is a ctest case.
function(filo_test name)
  cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;DEPS" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)
  endif()
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE ${T_DEPS} filo_source_tree GTest::gtest GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/src)
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${T_TIMEOUT})
  set_property(GLOBAL APPEND PROPERTY FILO_TEST_TARGETS ${name})
endfunction()

# filo_fuzzer(x_fuzz.cpp DEPS …): LLVMFuzzerTestOneInput in x_fuzz.cpp. Its corpus is fuzz/corpus/x/.
function(filo_fuzzer source)
  cmake_parse_arguments(F "" "" "DEPS" ${ARGN})
  get_filename_component(name ${source} NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" corpus ${name})
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE ${F_DEPS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/src)
  set_property(GLOBAL APPEND PROPERTY FILO_FUZZ_TARGETS ${name})
  if(FILO_FUZZERS)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/test/support/fuzz_replay_main.cpp)
    add_test(NAME ${name}_seeds COMMAND ${name} ${CMAKE_SOURCE_DIR}/fuzz/corpus/${corpus})
    set_tests_properties(${name}_seeds PROPERTIES TIMEOUT 300)
  endif()
endfunction()

# filo_receiver(x), filo_backend(x), filo_api(x): one folder, one line. The name goes into the registry that the
# folder's CMakeLists.txt writes at its end (filo_registry).
function(filo_receiver name)
  add_subdirectory(${name})
  set_property(GLOBAL APPEND PROPERTY FILO_RECEIVERS ${name})
endfunction()
