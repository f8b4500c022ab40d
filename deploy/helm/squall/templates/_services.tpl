{{/* Which processes there are, and how each gets in at Kafka. */}}

{{/*
{items: [{name, role, replicas, settings, kafka, site?}]}: a Deployment each. Every mail system of `sites` has an ingest of its own.
*/}}
{{- define "squall.workloads" -}}
{{- $root := . -}}
{{- $items := list -}}
{{- range $role := list "ingest" "assembler" "detector" "recorder" "alerter" "console" -}}
{{- $settings := index $root.Values.services $role -}}
{{- if ne (get $settings "enabled" | toString) "false" -}}
{{- $items = append $items (dict "name" $role "role" $role "replicas" $settings.replicas "settings" $settings "kafka" $settings.kafka) -}}
{{- end -}}
{{- if eq $role "ingest" -}}
{{- range $site := $root.Values.sites -}}
{{- $replicas := default $settings.replicas $site.replicas -}}
{{- $kafka := default $settings.kafka $site.kafka -}}
{{- $items = append $items (dict "name" (printf "ingest-%s" $site.name) "role" "ingest" "replicas" $replicas "settings" $settings "kafka" $kafka "site" $site) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- dict "items" $items | toJson -}}
{{- end -}}

{{/* A setting of pods: the service's own, else that of all. Of: dict root, workload, key. As JSON: {value}. */}}
{{- define "squall.podSetting" -}}
{{- $own := .workload.settings.pod -}}
{{- if hasKey $own .key -}}
{{- dict "value" (index $own .key) | toJson -}}
{{- else -}}
{{- dict "value" (index .root.Values.pod .key) | toJson -}}
{{- end -}}
{{- end -}}

{{/* Settings of a pod that only asks Kafka something: those of all pods, without volumes and labels of services. */}}
{{- define "squall.toolSettings" -}}
{{- dict "pod" (dict "labels" (dict) "extraVolumes" (list) "extraVolumeMounts" (list)) "resources" .Values.services.alerter.resources | toJson -}}
{{- end -}}

{{- define "squall.isSasl" -}}
{{- if hasPrefix "sasl_" (lower (default "PLAINTEXT" .Values.config.kafka.securityProtocol)) }}yes{{ end -}}
{{- end -}}

{{- define "squall.isTls" -}}
{{- if hasSuffix "ssl" (lower (default "PLAINTEXT" .Values.config.kafka.securityProtocol)) }}yes{{ end -}}
{{- end -}}

{{- define "squall.topicPrefix" -}}
{{- default "squall" .Values.config.kafka.topicPrefix -}}
{{- end -}}

{{/* The raw topic that an ingest reads. Of: dict root, site (or nothing). */}}
{{- define "squall.rawTopic" -}}
{{- $main := default (printf "%s.mail-logs" (include "squall.topicPrefix" .root)) .root.Values.config.kafka.mailLogsTopic -}}
{{- with .site }}{{ .mailLogsTopic }}{{ else }}{{ $main }}{{ end -}}
{{- end -}}

{{/*
How a process gets in: {username?, secret, passwordKey, certificateKey, privateKeyKey, passphraseKey}. Its own login, else that of the
user that Strimzi makes of it, else `secrets.kafka`. Of: dict root, name, kafka.
*/}}
{{- define "squall.login" -}}
{{- $users := .root.Values.strimzi.users -}}
{{- $all := .root.Values.secrets.kafka -}}
{{- $own := default (dict) .kafka -}}
{{- $name := printf "%s-%s" (include "squall.fullname" .root) .name -}}
{{- $login := dict -}}
{{- if and $users.enabled (not $own.existingSecret) (ne .name "topics") -}}
{{- if eq $users.authentication "tls" -}}
{{- $login = dict "secret" $name "passwordKey" "" "certificateKey" "user.crt" "privateKeyKey" "user.key" "passphraseKey" "" -}}
{{- else -}}
{{- $login = dict "username" $name "secret" $name "passwordKey" "password" "certificateKey" "" "privateKeyKey" "" "passphraseKey" "" -}}
{{- end -}}
{{- else -}}
{{- $login = dict "secret" (default $all.existingSecret $own.existingSecret) -}}
{{- range $key := list "passwordKey" "certificateKey" "privateKeyKey" "passphraseKey" -}}
{{- $_ := set $login $key (default (index $all $key) (index $own $key)) -}}
{{- end -}}
{{- $_ := set $login "username" (default (dig "sasl" "username" "" .root.Values.config.kafka) $own.username) -}}
{{- end -}}
{{- $login | toJson -}}
{{- end -}}

{{/* Does this role need the key of pseudonyms? The detector: where it is to know logins by their pseudonyms. */}}
{{- define "squall.needsPseudonymKey" -}}
{{- $config := .root.Values.config -}}
{{- $people := ne (dig "pseudonym" "people" true $config | toString) "false" -}}
{{- $logins := dig "detector" "sharedLogins" list $config -}}
{{- if and $people (or (eq .role "assembler") (and (eq .role "detector") $logins)) }}yes{{ end -}}
{{- end -}}
