{{/* Rules of NetworkPolicies. */}}

{{/* Ports of a rule. Of: dict ports, protocols. */}}
{{- define "squall.ports" -}}
{{- range $port := .ports }}
{{- range $protocol := $.protocols }}
- { protocol: {{ $protocol }}, port: {{ $port }} }
{{- end }}
{{- end }}
{{- end -}}

{{/* The port that an address ends with. Without zeros before it: helm would take them for another notation. */}}
{{- define "squall.portOf" -}}
{{- regexFind ":[0-9]+$" . | trimPrefix ":" | regexFind "[1-9][0-9]*$" -}}
{{- end -}}

{{- define "squall.isPort" -}}
{{- $port := include "squall.portOf" . | int -}}
{{- if and (ge $port 1) (le $port 65535) }}yes{{ end -}}
{{- end -}}

{{/* Ports of the brokers, each once: {items}. */}}
{{- define "squall.kafkaPorts" -}}
{{- $ports := list -}}
{{- if .Values.networkPolicy.kafka.ports -}}
{{- $ports = .Values.networkPolicy.kafka.ports -}}
{{- else -}}
{{- range .Values.config.kafka.brokers -}}
{{- $ports = append $ports (include "squall.portOf" . | int) -}}
{{- end -}}
{{- end -}}
{{- dict "items" (uniq $ports) | toJson -}}
{{- end -}}

{{- define "squall.influxPorts" -}}
{{- $ports := .Values.networkPolicy.influx.ports -}}
{{- if not $ports -}}
{{- $url := urlParse (dig "influx" "url" "" .Values.config) -}}
{{- $ports = list (default (ternary 443 80 (eq $url.scheme "https")) (include "squall.portOf" $url.host) | int) -}}
{{- end -}}
{{- dict "items" $ports | toJson -}}
{{- end -}}

{{/* What a pod of a role may reach: names, Kafka, and what the role is for. Of: dict root, role. */}}
{{- define "squall.egress" -}}
{{- $policy := .root.Values.networkPolicy -}}
# Names.
- ports:
    {{- include "squall.ports" (dict "ports" $policy.dns.ports "protocols" (list "UDP" "TCP")) | trim | nindent 4 }}
  {{- with $policy.dns.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
# Kafka.
- ports:
    {{- include "squall.ports" (dict "ports" (include "squall.kafkaPorts" .root | fromJson).items "protocols" (list "TCP")) | trim | nindent 4 }}
  {{- with $policy.kafka.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- if eq .role "recorder" }}
# InfluxDB.
- ports:
    {{- include "squall.ports" (dict "ports" (include "squall.influxPorts" .root | fromJson).items "protocols" (list "TCP")) | trim | nindent 4 }}
  {{- with $policy.influx.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- if and (eq .role "alerter") $policy.receivers.ports }}
# Web hooks and the heartbeat.
- ports:
    {{- include "squall.ports" (dict "ports" $policy.receivers.ports "protocols" (list "TCP")) | trim | nindent 4 }}
  {{- with $policy.receivers.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- with $policy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Of a pod that only asks Kafka something. Of: dict root, name, component; and may have annotations. */}}
{{- define "squall.toolPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
{{ include "squall.metadata" . }}
spec:
  podSelector:
    matchLabels:
      {{- include "squall.selectorLabels" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .component }}
  policyTypes: [Ingress, Egress]
  ingress: []
  egress:
    {{- include "squall.egress" (dict "root" .root "role" .component) | nindent 4 }}
{{- end -}}
