{{/* The topics that squall needs, as shared/domain/topic-plan.ts has them: a test holds these to it. */}}

{{/* "7d" as milliseconds. */}}
{{- define "squall.milliseconds" -}}
{{- $unit := regexFind "[a-z]+$" . -}}
{{- $count := trimSuffix $unit . | int64 -}}
{{- mul $count (dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 | dig $unit 0) -}}
{{- end -}}

{{/* {items: [{topic, partitions, config}]} of one raw topic and all that is behind it. Of: dict root, site (or nothing). */}}
{{- define "squall.topics" -}}
{{- $kafka := .root.Values.config.kafka -}}
{{- $prefix := include "squall.topicPrefix" .root -}}
{{- $gib := 1073741824 -}}
{{- $replication := dig "replication" 3 $kafka | int -}}
{{- $everywhere := dict "message.timestamp.type" "LogAppendTime" "compression.type" "producer" "min.insync.replicas" (ternary "2" "1" (ge $replication 3)) "unclean.leader.election.enable" "false" -}}
{{- $state := merge (dict "cleanup.policy" "compact" "segment.bytes" "33554432" "segment.ms" "3600000" "min.cleanable.dirty.ratio" "0.2" "max.compaction.lag.ms" "21600000" "delete.retention.ms" "3600000" "max.message.bytes" "4194304") $everywhere -}}
{{- $kinds := list
  (dict "name" (include "squall.rawTopic" (dict "root" .root "site" .site)) "kind" "mailLogs" "kept" "1d" "gib" 64 "state" "ingest")
-}}
{{- if not .site -}}
{{- $kinds = concat $kinds (list
  (dict "name" (printf "%s.mail-fragments" $prefix) "kind" "mailFragments" "kept" "1d" "gib" 32 "state" "assembler")
  (dict "name" (printf "%s.mail-events" $prefix) "kind" "mailEvents" "kept" "7d" "gib" 32 "state" "detector")
  (dict "name" (printf "%s.thread-windows" $prefix) "kind" "threadWindows" "kept" "7d" "gib" 8)
  (dict "name" (printf "%s.storm-alerts" $prefix) "kind" "stormAlerts" "kept" "30d" "gib" 1 "state" "alerter")
) -}}
{{- end -}}
{{- $items := list -}}
{{- range $kind := $kinds -}}
{{- $partitions := ternary 1 (dig "partitions" $kind.kind 6 $kafka | int) (eq $kind.kind "stormAlerts") -}}
{{- $ofTime := dict "cleanup.policy" "delete" "segment.bytes" "268435456" "segment.ms" "3600000" -}}
{{- $own := dict
  "retention.ms" (include "squall.milliseconds" (dig "retention" $kind.kind $kind.kept $kafka))
  "retention.bytes" (mul $kind.gib $gib | toString)
  "max.message.bytes" (ternary "1048588" "4194304" (eq $kind.kind "mailLogs"))
-}}
{{- $dead := dict
  "retention.ms" (include "squall.milliseconds" (dig "retention" "deadLetters" "14d" $kafka))
  "retention.bytes" (toString $gib)
  "max.message.bytes" "4194304"
-}}
{{- $items = append $items (dict "topic" $kind.name "partitions" $partitions "config" (merge (dict) $own $ofTime $everywhere)) -}}
{{- with $kind.state -}}
{{- $items = append $items (dict "topic" (printf "%s.%s-state" $kind.name .) "partitions" $partitions "config" $state) -}}
{{- end -}}
{{- $items = append $items (dict "topic" (printf "%s.dead-letters" $kind.name) "partitions" $partitions "config" (merge (dict) $dead $ofTime $everywhere)) -}}
{{- end -}}
{{- dict "items" $items "replication" $replication | toJson -}}
{{- end -}}
