// SPDX-License-Identifier: Apache-2.0

/// A complex number in rectangular form, laid out as NumPy and C do.
public struct Complex<Part: ComplexPart>: BitwiseCopyable, Sendable, Equatable, FrameElement {
  /// The real part.
  public var real: Part
  /// The imaginary part.
  public var imaginary: Part

  /// The number `real` + `imaginary` i.
  public init(_ real: Part, _ imaginary: Part) {
    self.real = real
    self.imaginary = imaginary
  }
}

extension Complex {
  /// `complex64` of `Float`, `complex128` of `Double`.
  public static var dataType: DataType { Part.complexDataType }
}

/// A floating-point type that complex elements are made of: `Float` or `Double`.
public protocol ComplexPart: BitwiseCopyable, Sendable, Equatable {
  /// The data type of a complex number with such parts.
  static var complexDataType: DataType { get }
}

extension Float: ComplexPart {
  /// `complex64`.
  public static var complexDataType: DataType { .complex64 }
}

extension Double: ComplexPart {
  /// `complex128`.
  public static var complexDataType: DataType { .complex128 }
}
