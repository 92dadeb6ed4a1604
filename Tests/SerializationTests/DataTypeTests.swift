// SPDX-License-Identifier: Apache-2.0

import Serialization
import Testing

@Suite struct DataTypeTests {
  @Test(arguments: FrameSamples.dtypes)
  func namesRoundTrip(dtype: DataType) {
    #expect(DataType(name: dtype.name) == dtype)
  }

  @Test(arguments: [
    "", "float", "Float32", "datetime64", "datetime64[]", "datetime64[ns",
    "datetime64[way too long]", "datetime64[n s]", "datetime64[[]]", "datetime64[µs]",
  ])
  func unknownNamesAreRefused(name: String) {
    #expect(DataType(name: name) == nil)
  }

  @Test func unitsKeepTheirText() {
    let units: [(TimeUnit, String)] = [
      (.nanoseconds, "ns"), (.microseconds, "us"), (.milliseconds, "ms"), (.seconds, "s"),
      (.days, "D"),
    ]
    for (unit, text) in units {
      #expect(unit.text == text)
      #expect(TimeUnit(text) == unit)
    }
    #expect(TimeUnit("12345678")?.text == "12345678")
    #expect(TimeUnit("123456789") == nil)
    #expect(TimeUnit("") == nil)
    #expect(TimeUnit("a\u{0}b") == nil)
    #expect(TimeUnit("a\u{0}") == nil)
  }
}
