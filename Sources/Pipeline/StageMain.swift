// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import SharedMemory
internal import Transport

/// What a stage process is told, as JSON in its arguments. Its descriptors are, in this order: the
/// board, and those of its inputs and outputs.
struct StageOrder: Codable {
  var place: Int
  var body: String
  var arguments: String
  var inputs: [SourceHandover]
  var outputs: [ProducerHandover]

  /// The argument that makes a process a stage.
  static let flag = "--weir-stage"
}

/// The hook for executables whose pipelines have stages in processes of their own.
public enum StageMain {
  /// Runs a stage and exits when this process was started to be one; returns at once otherwise.
  ///
  /// Call it early in `main`, after the stage bodies are registered and before arguments are parsed.
  public static func runIfAsked() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, arguments[1] == StageOrder.flag else { return }
    exit(run(arguments[2]))
  }

  private static let boardDescriptor: CInt = 3
  private static let firstPortDescriptor: CInt = 4

  private static func run(_ text: String) -> CInt {
    do {
      let order = try JSONDecoder().decode(StageOrder.self, from: Data(text.utf8))
      let board = try StageBoard(attaching: try Segment.attach(descriptor: boardDescriptor))
      guard (0..<board.stageCount).contains(order.place) else {
        throw PipelineError(.startFailed, "the board has no stage \(order.place)")
      }
      let ports = StagePorts()
      let loop = StageLoop(board: board, place: order.place, ports: ports)
      loop.run {
        let factory = try StageRegistry.standard.factory(named: order.body)
        try attach(order, ports)
        return try factory(order.arguments)
      }
      return 0
    } catch {
      FileHandle.standardError.write(Data("weir stage: \(error)\n".utf8))
      return 1
    }
  }

  private static func attach(_ order: StageOrder, _ ports: StagePorts) throws {
    var next = firstPortDescriptor
    let numbers = { (count: Int) -> [CInt] in
      defer { next += CInt(count) }
      return (0..<CInt(count)).map { next + $0 }
    }
    for input in order.inputs {
      var handover = input
      handover.descriptors = numbers(input.descriptors.count)
      ports.inlets.append(Inlet(try Customer(handover)))
    }
    for output in order.outputs {
      var handover = output
      handover.descriptors = numbers(output.descriptors.count)
      ports.outlets.append(Outlet(try Producer.attach(handover)))
    }
  }
}
