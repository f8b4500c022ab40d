{{/* What each may do on Kafka, and no more: the table "Rights" of docs/services.md, to which a test holds these. */}}

{{/* {read, write, groups, transactions}: names; those that end in * are prefixes. Of: dict root, role, site. */}}
{{- define "squall.rights" -}}
{{- $prefix := include "squall.topicPrefix" .root -}}
{{- $raw := include "squall.rawTopic" (dict "root" .root "site" .site) -}}
{{- $fragments := printf "%s.mail-fragments" $prefix -}}
{{- $events := printf "%s.mail-events" $prefix -}}
{{- $windows := printf "%s.thread-windows" $prefix -}}
{{- $alerts := printf "%s.storm-alerts" $prefix -}}
{{- $silences := printf "%s.alerter-state" $alerts -}}
{{- $input := dict "ingest" $raw "assembler" $fragments "detector" $events "alerter" $alerts | dig .role "" -}}
{{- $state := printf "%s.%s-state" $input .role -}}
{{- $members := printf "%s.%s*" $input .role -}}
{{- $kept := list $state (printf "%s.dead-letters" $input) -}}
{{- $rights := dict -}}
{{- if eq .role "ingest" -}}
{{- $rights = dict "read" (list $raw $state) "write" (append $kept $fragments) "groups" (list $members) "transactions" (list $members) -}}
{{- else if eq .role "assembler" -}}
{{- $rights = dict "read" (list $fragments $state) "write" (append $kept $events) "groups" (list $members) "transactions" (list $members) -}}
{{- else if eq .role "detector" -}}
{{- $rights = dict "read" (list $events $state) "write" (concat $kept (list $windows $alerts)) "groups" (list $members) "transactions" (list $members) -}}
{{- else if eq .role "recorder" -}}
{{- $rights = dict "read" (list $windows $alerts) "write" (list (printf "%s.dead-letters" $windows) (printf "%s.dead-letters" $alerts)) "groups" (list (printf "%s.recorder*" $windows)) -}}
{{- else if eq .role "alerter" -}}
{{- $rights = dict "read" (list $alerts $state) "write" $kept "groups" (list $members) "transactions" (list $members) -}}
{{- else if eq .role "console" -}}
{{- $rights = dict "read" (list $windows $alerts $silences) "groups" (list (printf "%s.console*" $windows)) -}}
{{- else if eq .role "silence" -}}
{{- $rights = dict "read" (list $silences) "write" (list $alerts $silences) "groups" (list (printf "%s.alerter*" $alerts)) -}}
{{- else if eq .role "shippers" -}}
{{- $topics := list $raw -}}
{{- range .root.Values.sites -}}{{- $topics = append $topics .mailLogsTopic -}}{{- end -}}
{{- $rights = dict "write" $topics -}}
{{- end -}}
{{- $rights | toJson -}}
{{- end -}}

{{/* One entry of a KafkaUser. Of: dict type, name, operations. */}}
{{- define "squall.acl" -}}
- resource:
    type: {{ .type }}
    name: {{ trimSuffix "*" .name | quote }}
    patternType: {{ ternary "prefix" "literal" (hasSuffix "*" .name) }}
  operations: [{{ join ", " .operations }}]
{{- end -}}
