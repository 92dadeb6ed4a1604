// SPDX-License-Identifier: Apache-2.0

extension Machine {
  /// The machine as boxes in text: packages, NUMA nodes, L3 caches, cores and PUs.
  ///
  /// A machine whose boxes would take more than `maximumLines` is drawn without core boxes, and
  /// then without L3 boxes. Forbidden PUs are in parentheses.
  /// - Parameters:
  ///   - width: Columns to stay within, where the widest single box allows.
  ///   - style: The signs to draw with.
  ///   - maximumLines: How long the picture may be before it is abbreviated.
  public func picture(
    width: Int = 100, style: LineStyle = .unicode, maximumLines: Int = 48
  ) -> String {
    let boxes = outline()
    var drawing = TextBlock(lines: [])
    for detail in Painter.Detail.allCases {
      let painter = Painter(machine: self, style: style, detail: detail)
      drawing = painter.flow(boxes, width: width)
      if drawing.lines.count <= maximumLines { break }
    }
    let painter = Painter(machine: self, style: style, detail: .full)
    let parts = [
      [summary], drawing.lines, painter.nodesWithoutCPUs(width: width), distanceTable(),
      painter.legend(),
    ]
    return parts.flatMap(\.self).map(style.text).joined(separator: "\n") + "\n"
  }

  /// One line: the processor, what the machine has, and where the description came from.
  public var summary: String {
    let counts = ObjectKind.allCases.compactMap { kind -> String? in
      let count = objects(of: kind).count
      guard count > 0 else { return nil }
      return "\(count) \(kind.noun)\(count == 1 ? "" : "s")"
    }.joined(separator: ", ")
    let allowed = allowedCPUs == onlineCPUs ? "" : " (\(allowedCPUs.count) allowed here)"
    return "\(cpuModel?.printable ?? "unknown processor"): \(counts)\(allowed); "
      + origin.description.printable
  }

  /// The distance matrix by logical node index, or the reason why there is none.
  func distanceTable() -> [String] {
    guard let distances else {
      return ["NUMA distances: unavailable, \(whyUnavailable(.distanceMatrix) ?? "none given")"]
    }
    let largestTable = 16
    guard distances.nodes.count <= largestTable else {
      let values = distances.rows.flatMap(\.self)
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      let count = distances.nodes.count
      return ["NUMA distances: \(count) × \(count) nodes, \(low) to \(high)"]
    }
    let cells =
      [["NUMA"] + distances.nodes.map(String.init)]
      + zip(distances.nodes, distances.rows).map { ["\($0)"] + $1.map(String.init) }
    let column = cells.flatMap(\.self).map(\.count).max() ?? 0
    return ["NUMA distances:"]
      + cells.map { row in
        row.map { String(repeating: " ", count: column - $0.count) + $0 }.joined(separator: " ")
      }
  }
}

/// Draws boxes at one level of detail.
private struct Painter {
  enum Detail: CaseIterable {
    /// A box per core.
    case full
    /// The cores and PUs of an L3 or node as lists of numbers.
    case lists
    /// The same per NUMA node, with the L3 caches counted.
    case counts
  }

  let machine: Machine
  let style: LineStyle
  let detail: Detail

  func flow(_ boxes: [OutlineBox], width: Int) -> TextBlock {
    TextBlock(flowing: boxes.map { block($0, width: width) }, width: width)
  }

  private func block(_ box: OutlineBox, width: Int) -> TextBlock {
    let borders = 4
    let inner = width - borders
    if isLeaf(box) {
      return TextBlock(lines: lists(box, width: inner)).boxed(box.title, style)
    }
    var content = flow(box.children, width: inner)
    if !box.pus.isEmpty { content.lines += pus(box.pus, width: inner).lines }
    return content.boxed(box.title, style)
  }

  private func isLeaf(_ box: OutlineBox) -> Bool {
    switch detail {
    case .full: false
    case .lists: box.children.allSatisfy(\.isCore)
    case .counts: box.object?.kind == .numa || box.children.allSatisfy(\.isCore)
    }
  }

  private func lists(_ box: OutlineBox, width: Int) -> [String] {
    func indices(_ kind: ObjectKind) -> [Int] {
      machine.objects(of: kind).filter {
        !$0.cpuset.isEmpty && $0.cpuset.isSubset(of: box.cpuset)
      }.map(\.logicalIndex)
    }
    var lines: [TextBlock] = []
    let l3s = box.object?.kind == .l3 ? [] : indices(.l3)
    for (name, numbers) in [("L3", l3s), ("cores", indices(.core)), ("PUs", indices(.pu))]
    where !numbers.isEmpty {
      lines.append(list(name, CPUSet(numbers), width))
    }
    if CPUSet(indices(.pu)) != box.cpuset { lines.append(list("CPUs", box.cpuset, width)) }
    let forbidden = box.cpuset.subtracting(machine.allowedCPUs)
    if !forbidden.isEmpty { lines.append(list("forbidden CPUs", forbidden, width)) }
    return lines.flatMap(\.lines)
  }

  private func list(_ name: String, _ set: CPUSet, _ width: Int) -> TextBlock {
    let pieces = set.list.split(separator: ",").map(String.init)
    return TextBlock(
      wrapping: ["\(name) \(pieces[0])"] + pieces.dropFirst(), separator: ",", width: width)
  }

  private func pus(_ pus: [MachineObject], width: Int) -> TextBlock {
    TextBlock(wrapping: pus.map(name), separator: " ", width: width)
  }

  /// "3", "3=19" when the kernel numbers the PU differently, "(3)" when it is forbidden.
  private func name(_ pu: MachineObject) -> String {
    let os = pu.osIndex ?? pu.logicalIndex
    let name = os == pu.logicalIndex ? "\(os)" : "\(pu.logicalIndex)=\(os)"
    return pu.cpuset.isSubset(of: machine.allowedCPUs) ? name : "(\(name))"
  }

  func nodesWithoutCPUs(width: Int) -> [String] {
    let boxes = machine.nodesWithoutCPUs.map { node in
      TextBlock(lines: ["no CPUs"])
        .boxed(OutlineBox(object: node, cpuset: []).title, style)
    }
    return boxes.isEmpty ? [] : TextBlock(flowing: boxes, width: width).lines
  }

  func legend() -> [String] {
    var lines: [String] = []
    if let pu = machine.pus.first(where: { $0.osIndex != nil && $0.osIndex != $0.logicalIndex }) {
      let os = pu.osIndex ?? 0
      lines.append("\(pu.logicalIndex)=\(os): PU \(pu.logicalIndex) is the kernel's CPU \(os)")
    }
    if machine.allowedCPUs != machine.onlineCPUs {
      lines.append("(n): forbidden here; allowed are CPUs \(machine.allowedCPUs)")
    }
    return lines
  }
}
