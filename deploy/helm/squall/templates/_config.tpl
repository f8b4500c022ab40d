{{/* squall's own configuration, as it stands in the ConfigMap: `config` as it is. */}}
{{- define "squall.config" -}}
# Of the chart's `config`. Ports and the paths of secrets are variables of the pods: SQUALL_…
{{ toYaml .Values.config }}
{{- end -}}

{{- define "squall.configMap" -}}
data:
  squall.yaml: |
    {{- include "squall.config" . | nindent 4 }}
{{- end -}}
