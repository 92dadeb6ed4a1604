// SPDX-License-Identifier: Apache-2.0

extension Run {
  static let metricDefinitions = """
        "estimate": {
          "type": ["object", "null"],
          "description": "Median of launches and its exact sign-test interval.",
          "required": ["value", "low", "high", "coverage"],
          "properties": {
            "value": { "type": "number" },
            "low": { "$ref": "#/$defs/maybe_number" }, "high": { "$ref": "#/$defs/maybe_number" },
            "coverage": { "$ref": "#/$defs/maybe_number" }
          }
        },
        "percentile": {
          "type": "object",
          "required": ["value", "low", "high", "coverage", "method", "merged", "support",
            "exceedances"],
          "properties": {
            "value": { "$ref": "#/$defs/maybe_number" },
            "low": { "$ref": "#/$defs/maybe_number" }, "high": { "$ref": "#/$defs/maybe_number" },
            "coverage": { "$ref": "#/$defs/maybe_number" },
            "method": { "enum": ["launch-median", "merged"] },
            "merged": { "$ref": "#/$defs/maybe_number" },
            "support": { "enum": ["supported", "weak", "unsupported"] },
            "exceedances": { "$ref": "#/$defs/count" }
          }
        },
        "latency": {
          "type": ["object", "null"],
          "required": ["kind", "n", "p50", "p99", "p99_9", "min", "max"],
          "properties": {
            "kind": { "enum": ["rtt/2", "one-way", "send", "get", "none"] },
            "n": { "$ref": "#/$defs/count" },
            "p50": { "$ref": "#/$defs/percentile" }, "p99": { "$ref": "#/$defs/percentile" },
            "p99_9": { "$ref": "#/$defs/percentile" },
            "min": { "type": "number" }, "max": { "type": "number" },
            "overflow": { "$ref": "#/$defs/count" }
          }
        },
        "metrics": {
          "type": "object",
          "required": ["latency_ns", "response_ns", "service_ns", "messages_per_s", "bytes_per_s",
            "roof_share"],
          "properties": {
            "latency_ns": { "$ref": "#/$defs/latency" },
            "response_ns": { "$ref": "#/$defs/latency" },
            "service_ns": { "$ref": "#/$defs/latency" },
            "lag_ns": { "$ref": "#/$defs/latency" },
            "own_lag_ns": { "$ref": "#/$defs/latency" },
            "generator_cost_ns": { "$ref": "#/$defs/maybe_number" },
            "messages_per_s": { "$ref": "#/$defs/estimate" },
            "bytes_per_s": { "$ref": "#/$defs/estimate" },
            "messages_per_s_with_quarantined": { "$ref": "#/$defs/estimate" },
            "cores_busy": { "$ref": "#/$defs/estimate" },
            "roof_share": { "$ref": "#/$defs/maybe_number" },
            "roof": { "type": ["object", "null"],
              "required": ["share", "limit", "reason"],
              "properties": {
                "share": { "$ref": "#/$defs/maybe_number" },
                "limit": { "$ref": "#/$defs/maybe_text" },
                "reason": { "$ref": "#/$defs/maybe_text" }
              } }
          }
        },
        "precision": {
          "type": ["object", "null"],
          "description": "Half the interval of the metric's logarithm, h; exp(h sqrt 2) - 1 as a share.",
          "required": ["metric", "half_width_ln", "detectable_effect"],
          "properties": {
            "metric": { "enum": ["response_ns.p50", "latency_ns.p50", "messages_per_s",
              "cores_busy"] },
            "half_width_ln": { "type": "number" }, "detectable_effect": { "type": "number" }
          }
        },
        "detectable_effect": {
          "type": "object",
          "description": "Over the cells with numbers: the smallest differences that would show.",
          "required": ["median", "largest", "largest_cell", "cells", "cells_without_interval"],
          "properties": {
            "median": { "$ref": "#/$defs/maybe_number" },
            "largest": { "$ref": "#/$defs/maybe_number" },
            "largest_cell": { "$ref": "#/$defs/maybe_text" },
            "cells": { "$ref": "#/$defs/count" },
            "cells_without_interval": { "$ref": "#/$defs/count" }
          }
        },
        "rates": { "type": "object", "additionalProperties": { "type": "number" } },
        "limits": { "type": "object", "additionalProperties": {
          "type": "object",
          "required": ["estimate", "repeats"],
          "properties": {
            "estimate": { "$ref": "#/$defs/estimate" },
            "repeats": { "type": "array", "items": { "type": "number" } }
          }
        } },
        "roofline": {
          "type": "object",
          "required": ["cacheline_pingpong_ns", "futex_pingpong_ns", "pipe_pingpong_ns",
            "memcpy_bytes_per_s"],
          "properties": {
            "cacheline_pingpong_ns": { "$ref": "#/$defs/maybe_number" },
            "futex_pingpong_ns": { "$ref": "#/$defs/maybe_number" },
            "pipe_pingpong_ns": { "$ref": "#/$defs/maybe_number" },
            "memcpy_bytes_per_s": { "$ref": "#/$defs/rates" },
            "read_bytes_per_s": { "$ref": "#/$defs/rates" },
            "write_bytes_per_s": { "$ref": "#/$defs/rates" },
            "stream_messages_per_s": { "$ref": "#/$defs/rates" },
            "details": { "type": "object", "properties": {
              "cacheline_pingpong_ns": { "$ref": "#/$defs/latency" },
              "futex_pingpong_ns": { "$ref": "#/$defs/latency" },
              "pipe_pingpong_ns": { "$ref": "#/$defs/latency" },
              "memcpy_bytes_per_s": { "$ref": "#/$defs/limits" },
              "read_bytes_per_s": { "$ref": "#/$defs/limits" },
              "write_bytes_per_s": { "$ref": "#/$defs/limits" },
              "stream_messages_per_s": { "$ref": "#/$defs/limits" }
            } }
          }
        }
    """
}
