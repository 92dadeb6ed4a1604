// SPDX-License-Identifier: Apache-2.0

extension Run {
  static let cellDefinitions = """
        "cell": {
          "type": "object",
          "required": ["id", "status", "reason", "warnings", "params", "load", "placement",
            "integrity", "metrics", "variance", "launches", "slices", "noise", "samples"],
          "properties": {
            "id": { "type": "string" },
            "status": { "enum": ["ok", "skipped", "invalid", "failed"] },
            "reason": { "$ref": "#/$defs/maybe_text" },
            "warnings": { "$ref": "#/$defs/texts" },
            "plan": { "type": "object", "required": ["warmup_ns", "measure_ns", "launches"] },
            "params": {
              "type": "object",
              "required": ["workload", "store", "serializer", "size_bytes", "wait", "producers",
                "customers", "depth", "backpressure", "verify"],
              "properties": {
                "workload": { "type": "string" }, "store": { "type": "string" },
                "serializer": { "type": "string" },
                "size_bytes": { "type": "integer", "minimum": 1 },
                "wait": { "type": "string" },
                "producers": { "type": "integer", "minimum": 1 },
                "customers": { "type": "integer", "minimum": 1 },
                "depth": { "type": "integer", "minimum": 1 },
                "backpressure": { "enum": ["block", "drop-newest", "drop-oldest", "fail"] },
                "pages": { "enum": ["automatic", "base", "reserved"] },
                "replicas": { "enum": ["none", "per-node"] },
                "verify": { "enum": ["full", "sampled", "header", "off"] }
              }
            },
            "load": {
              "type": "object",
              "required": ["kind", "rate_per_s", "achieved_per_s"],
              "properties": {
                "kind": { "enum": ["closed", "open"] },
                "rate_per_s": { "$ref": "#/$defs/maybe_count" },
                "arrivals": { "enum": ["fixed", "poisson", "trace", null] },
                "trace": { "$ref": "#/$defs/trace" },
                "achieved_per_s": { "$ref": "#/$defs/maybe_number" }
              }
            },
            "placement": {
              "type": "object",
              "required": ["requested", "observed", "verified"],
              "properties": {
                "requested": { "type": "object" },
                "observed": { "oneOf": [{ "type": "null" }, { "$ref": "#/$defs/observed" }] },
                "verified": { "$ref": "#/$defs/maybe_bool" }
              }
            },
            "integrity": { "oneOf": [{ "type": "null" }, { "$ref": "#/$defs/integrity" }] },
            "metrics": { "$ref": "#/$defs/metrics" },
            "precision": { "$ref": "#/$defs/precision" },
            "variance": { "type": "object",
              "required": ["between_launch_share", "within_launch_share", "lag1"],
              "additionalProperties": { "$ref": "#/$defs/maybe_number" } },
            "launches": { "$ref": "#/$defs/count" },
            "regimes": { "type": ["object", "null"],
              "additionalProperties": { "$ref": "#/$defs/count" } },
            "slice_regimes": { "type": ["object", "null"],
              "description": "slices by their own fingerprints; those without one are not counted",
              "additionalProperties": { "$ref": "#/$defs/count" } },
            "quarantine_causes": { "$ref": "#/$defs/maybe_text" },
            "slices": { "$ref": "#/$defs/count" },
            "noise": { "$ref": "#/$defs/noise" },
            "samples": { "type": "array", "items": { "$ref": "#/$defs/sample" } }
          }
        },
        "trace": {
          "type": "object",
          "description": "Numbers compare only with those of the same digest.",
          "required": ["file", "digest", "messages", "span_ns", "mean_rate_per_s", "sizes"],
          "properties": {
            "file": { "type": "string" }, "digest": { "type": "string" },
            "messages": { "type": "integer", "minimum": 2 },
            "span_ns": { "$ref": "#/$defs/count" }, "mean_rate_per_s": { "type": "number" },
            "sizes": { "type": ["object", "null"],
              "required": ["smallest_bytes", "largest_bytes", "mean_bytes"] }
          }
        },
        "observed": {
          "type": "object",
          "required": ["producer_cpus", "customer_cpus", "segment_pages_by_node", "verified"],
          "properties": {
            "producer_cpus": { "type": "array", "items": { "$ref": "#/$defs/count" } },
            "customer_cpus": { "type": "array", "items": { "$ref": "#/$defs/count" } },
            "segment_pages_by_node": { "type": ["object", "null"],
              "additionalProperties": { "$ref": "#/$defs/count" } },
            "segment_page_sizes": { "type": ["object", "null"],
              "additionalProperties": { "$ref": "#/$defs/count" } },
            "relay_cpus": { "type": ["array", "null"], "items": { "$ref": "#/$defs/count" } },
            "replica_pages_by_node": { "type": ["object", "null"],
              "additionalProperties": { "$ref": "#/$defs/count" } },
            "verified": { "$ref": "#/$defs/maybe_bool" },
            "mismatch": { "$ref": "#/$defs/maybe_text" }
          }
        },
        "integrity": {
          "type": "object",
          "required": ["sent", "received", "lost", "duplicated", "reordered", "corrupt", "torn",
            "dropped"],
          "additionalProperties": { "$ref": "#/$defs/count" }
        },
        "noise": {
          "type": "object",
          "required": ["steal_ns", "run_delay_ns", "voluntary_switches", "involuntary_switches",
            "migrations", "minor_faults", "major_faults"],
          "additionalProperties": { "$ref": "#/$defs/maybe_count" }
        },
        "sample": {
          "type": "object",
          "description": "*_ns_pairs: base64 of LEB128 numbers; by turns the step from the last \
    value in ns, and its count.",
          "required": ["cell", "launch", "slices", "latency_ns_pairs", "integrity", "noise",
            "errors"],
          "properties": {
            "cell": { "type": "string" },
            "launch": { "$ref": "#/$defs/count" },
            "slices": { "type": "array", "items": {
              "type": "object",
              "required": ["duration_ns", "messages", "bytes"],
              "properties": {
                "begin_ns": { "$ref": "#/$defs/maybe_count" },
                "duration_ns": { "$ref": "#/$defs/count" },
                "messages": { "$ref": "#/$defs/count" }, "bytes": { "$ref": "#/$defs/count" },
                "link": { "type": ["object", "null"],
                  "description": "half round trips of a cache line between the slice's ends",
                  "required": ["before_ns", "after_ns"],
                  "additionalProperties": { "type": "number" } },
                "noise": { "oneOf": [{ "type": "null" }, { "$ref": "#/$defs/noise" }] },
                "quarantine": { "$ref": "#/$defs/maybe_text" },
                "latencies": { "type": "object",
                  "description": "of a slice that is left out: part of the launch's",
                  "additionalProperties": { "$ref": "#/$defs/maybe_text" } }
              }
            } },
            "latency_ns_pairs": { "$ref": "#/$defs/maybe_text" },
            "response_ns_pairs": { "$ref": "#/$defs/maybe_text" },
            "service_ns_pairs": { "$ref": "#/$defs/maybe_text" },
            "lag_ns_pairs": { "$ref": "#/$defs/maybe_text" },
            "own_lag_ns_pairs": { "$ref": "#/$defs/maybe_text" },
            "generator": { "type": "object",
              "description": "of an open load: time a message, and behind the schedule at the end",
              "required": ["cost_ns", "behind_ns"],
              "additionalProperties": { "type": "number" } },
            "integrity": { "$ref": "#/$defs/integrity" },
            "placement": { "oneOf": [{ "type": "null" }, { "$ref": "#/$defs/observed" }] },
            "noise": { "$ref": "#/$defs/noise" },
            "producer_cores_busy": { "$ref": "#/$defs/maybe_number" },
            "customer_cores_busy": { "$ref": "#/$defs/maybe_number" },
            "link": { "type": ["object", "null"],
              "description": "half round trips of a cache line between the seats",
              "required": ["cpus", "before_ns", "after_ns"] },
            "conditions": { "type": ["object", "null"],
              "description": "what was done against bias",
              "required": ["seed", "environment_pad_bytes", "heap_offset_bytes", "own_cores",
                "settling_ns", "cooldown_ns"],
              "properties": {
                "seed": { "$ref": "#/$defs/count" },
                "environment_pad_bytes": { "$ref": "#/$defs/count" },
                "heap_offset_bytes": { "$ref": "#/$defs/count" },
                "own_cores": { "type": "boolean" },
                "settling_ns": { "$ref": "#/$defs/count" },
                "cooldown_ns": { "$ref": "#/$defs/count" }
              } },
            "errors": { "$ref": "#/$defs/texts" }
          }
        }
    """
}
