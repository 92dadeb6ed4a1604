// SPDX-License-Identifier: Apache-2.0

extension Run {
  /// The JSON Schema (draft 2020-12) of a run, as `weir schema` prints it.
  ///
  /// Readers ignore keys they do not know, so nothing here forbids more.
  public static let jsonSchema = """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "https://weir.invalid/schema/weir-run-1.json",
      "title": "A recorded Weir run",
      "description": "Units are in the key names; null is unknown and never stands for 0.",
      "type": "object",
      "required": ["schema", "status", "exit", "run", "build", "machine", "clock", "roofline",
        "cells"],
      "properties": {
        "schema": { "const": "weir-run/1" },
        "status": { "enum": ["ok", "partial", "invalid"] },
        "exit": { "type": "integer", "minimum": 0, "maximum": 255 },
        "run": { "$ref": "#/$defs/run" },
        "build": { "$ref": "#/$defs/build" },
        "machine": { "$ref": "#/$defs/machine" },
        "clock": { "$ref": "#/$defs/clock" },
        "roofline": { "$ref": "#/$defs/roofline" },
        "detectable_effect": { "$ref": "#/$defs/detectable_effect" },
        "cells": { "type": "array", "items": { "$ref": "#/$defs/cell" } }
      },
      "$defs": {
    \(provenanceDefinitions),
    \(cellDefinitions),
    \(metricDefinitions)
      }
    }

    """

  private static let provenanceDefinitions = """
        "count": { "type": "integer", "minimum": 0 },
        "maybe_count": { "type": ["integer", "null"], "minimum": 0 },
        "maybe_number": { "type": ["number", "null"] },
        "maybe_text": { "type": ["string", "null"] },
        "maybe_bool": { "type": ["boolean", "null"] },
        "texts": { "type": "array", "items": { "type": "string" } },
        "run": {
          "type": "object",
          "required": ["id", "name", "started", "command", "seed", "cells_planned", "notes"],
          "properties": {
            "id": { "type": "string" }, "name": { "type": "string" },
            "title": { "$ref": "#/$defs/maybe_text" },
            "started": { "type": "string" },
            "command": { "$ref": "#/$defs/texts" },
            "job": { "$ref": "#/$defs/maybe_text" },
            "overrides": { "$ref": "#/$defs/texts" },
            "seed": { "$ref": "#/$defs/count" },
            "budget_ns": { "$ref": "#/$defs/maybe_count" },
            "cells_planned": { "$ref": "#/$defs/count" },
            "notes": { "$ref": "#/$defs/texts" }
          }
        },
        "build": {
          "type": "object",
          "required": ["version", "commit", "dirty", "swift", "configuration"],
          "properties": {
            "version": { "type": "string" }, "commit": { "$ref": "#/$defs/maybe_text" },
            "dirty": { "$ref": "#/$defs/maybe_bool" }, "swift": { "type": "string" },
            "configuration": { "type": "string" }
          }
        },
        "machine": {
          "type": "object",
          "required": ["fingerprint", "kernel", "cpu", "logical_cpus", "numa_nodes", "checks"],
          "properties": {
            "fingerprint": { "type": "string" }, "kernel": { "type": "string" },
            "cpu": { "type": "string" }, "logical_cpus": { "$ref": "#/$defs/maybe_count" },
            "numa_nodes": { "$ref": "#/$defs/maybe_count" },
            "memory_bytes": { "$ref": "#/$defs/maybe_count" },
            "hypervisor": { "$ref": "#/$defs/maybe_text" },
            "topology": { "type": ["object", "null"],
              "description": "what `weir topology --json` calls the machine",
              "required": ["schema", "fingerprint", "pus", "numa_nodes"] },
            "checks": { "type": "array", "items": {
              "type": "object",
              "required": ["name", "state", "value", "hint"],
              "properties": {
                "name": { "type": "string" },
                "state": { "enum": ["ok", "bad", "unavailable"] },
                "value": { "$ref": "#/$defs/maybe_text" },
                "hint": { "$ref": "#/$defs/maybe_text" }
              }
            } }
          }
        },
        "clock": {
          "type": "object",
          "required": ["source", "read_cost_ns"],
          "properties": {
            "source": { "type": "string" }, "read_cost_ns": { "$ref": "#/$defs/maybe_number" },
            "resolution_ns": { "$ref": "#/$defs/maybe_number" },
            "offset_bound_ns": { "$ref": "#/$defs/maybe_number" }
          }
        }
    """
}
