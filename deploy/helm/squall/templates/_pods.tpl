{{/* What every pod has: closed, with the configuration, and with the secrets of its own role alone. */}}

{{/*
Files that a pod gets, {items: [{name, path, secret | configMap, keys?}]}. Without keys all of a Secret. Of: dict root, workload.
*/}}
{{- define "squall.files" -}}
{{- $values := .root.Values -}}
{{- $role := .workload.role -}}
{{- $items := list -}}
{{- $login := include "squall.login" (dict "root" .root "name" .workload.name "kafka" .workload.kafka) | fromJson -}}
{{- $keys := list -}}
{{- if include "squall.isSasl" .root -}}{{- $keys = append $keys $login.passwordKey -}}{{- end -}}
{{- if and (include "squall.isTls" .root) $login.certificateKey -}}
{{- $keys = concat $keys (list $login.certificateKey $login.privateKeyKey) -}}
{{- with $login.passphraseKey -}}{{- $keys = append $keys . -}}{{- end -}}
{{- end -}}
{{- if $keys -}}
{{- $items = append $items (dict "name" "kafka" "secret" $login.secret "keys" $keys) -}}
{{- end -}}
{{- if include "squall.isTls" .root -}}
{{- $items = concat $items (include "squall.authority" (dict "name" "kafka-ca" "from" $values.secrets.kafkaCa) | fromJson).items -}}
{{- end -}}
{{- if eq $role "recorder" -}}
{{- with $values.secrets.influx.existingSecret -}}
{{- $items = append $items (dict "name" "influx" "secret" . "keys" (list $values.secrets.influx.tokenKey)) -}}
{{- end -}}
{{- $items = concat $items (include "squall.authority" (dict "name" "influx-ca" "from" $values.secrets.influxCa) | fromJson).items -}}
{{- end -}}
{{- if include "squall.needsPseudonymKey" (dict "root" .root "role" $role) -}}
{{- $items = append $items (dict "name" "pseudonym" "secret" $values.secrets.pseudonym.existingSecret "keys" (list $values.secrets.pseudonym.keyKey)) -}}
{{- end -}}
{{- if eq $role "console" -}}
{{- $items = append $items (dict "name" "console" "secret" $values.secrets.console.existingSecret "keys" (list $values.secrets.console.tokenKey)) -}}
{{- end -}}
{{- if eq $role "alerter" -}}
{{- with $values.secrets.receivers.existingSecret -}}
{{- $items = append $items (dict "name" "receivers" "secret" .) -}}
{{- end -}}
{{- end -}}
{{- dict "items" $items | toJson -}}
{{- end -}}

{{- define "squall.authority" -}}
{{- $items := list -}}
{{- if .from.existingSecret -}}
{{- $items = list (dict "name" .name "secret" .from.existingSecret "keys" (list .from.key)) -}}
{{- else if .from.existingConfigMap -}}
{{- $items = list (dict "name" .name "configMap" .from.existingConfigMap "keys" (list .from.key)) -}}
{{- end -}}
{{- dict "items" $items | toJson -}}
{{- end -}}

{{/* Variables that the chart sets: places, and paths of the files above. {items: [{name, value}]}. */}}
{{- define "squall.env" -}}
{{- $values := .root.Values -}}
{{- $role := .workload.role -}}
{{- $at := printf "%s:%v" $values.listenOn -}}
{{- $items := list (dict "name" "SQUALL_METRICS_ADDRESS" "value" (printf "%s:%v" $values.listenOn $values.metrics.port)) -}}
{{- with .workload.site -}}
{{- $items = append $items (dict "name" "SQUALL_SITE" "value" .site) -}}
{{- $items = append $items (dict "name" "SQUALL_KAFKA_MAIL_LOGS_TOPIC" "value" .mailLogsTopic) -}}
{{- with .timezone -}}{{- $items = append $items (dict "name" "SQUALL_TIMEZONE" "value" .) -}}{{- end -}}
{{- end -}}
{{- $login := include "squall.login" (dict "root" .root "name" .workload.name "kafka" .workload.kafka) | fromJson -}}
{{- if include "squall.isSasl" .root -}}
{{- with $login.username -}}{{- $items = append $items (dict "name" "SQUALL_KAFKA_SASL_USERNAME" "value" .) -}}{{- end -}}
{{- $items = append $items (dict "name" "SQUALL_KAFKA_SASL_PASSWORD_FILE" "value" (printf "/run/squall/kafka/%s" $login.passwordKey)) -}}
{{- end -}}
{{- if include "squall.isTls" .root -}}
{{- if or $values.secrets.kafkaCa.existingSecret $values.secrets.kafkaCa.existingConfigMap -}}
{{- $items = append $items (dict "name" "SQUALL_KAFKA_SSL_CA" "value" (printf "/run/squall/kafka-ca/%s" $values.secrets.kafkaCa.key)) -}}
{{- end -}}
{{- with $login.certificateKey -}}
{{- $items = append $items (dict "name" "SQUALL_KAFKA_SSL_CERTIFICATE" "value" (printf "/run/squall/kafka/%s" .)) -}}
{{- $items = append $items (dict "name" "SQUALL_KAFKA_SSL_KEY" "value" (printf "/run/squall/kafka/%s" $login.privateKeyKey)) -}}
{{- with $login.passphraseKey -}}
{{- $items = append $items (dict "name" "SQUALL_KAFKA_SSL_KEY_PASSPHRASE_FILE" "value" (printf "/run/squall/kafka/%s" .)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if eq $role "recorder" -}}
{{- if $values.secrets.influx.existingSecret -}}
{{- $items = append $items (dict "name" "SQUALL_INFLUX_TOKEN_FILE" "value" (printf "/run/squall/influx/%s" $values.secrets.influx.tokenKey)) -}}
{{- end -}}
{{- if or $values.secrets.influxCa.existingSecret $values.secrets.influxCa.existingConfigMap -}}
{{- $items = append $items (dict "name" "SQUALL_INFLUX_CA" "value" (printf "/run/squall/influx-ca/%s" $values.secrets.influxCa.key)) -}}
{{- end -}}
{{- end -}}
{{- if include "squall.needsPseudonymKey" (dict "root" .root "role" $role) -}}
{{- $items = append $items (dict "name" "SQUALL_PSEUDONYM_KEY_FILE" "value" (printf "/run/squall/pseudonym/%s" $values.secrets.pseudonym.keyKey)) -}}
{{- end -}}
{{- if eq $role "console" -}}
{{- $items = append $items (dict "name" "SQUALL_CONSOLE_ADDRESS" "value" (printf "%s:%v" $values.listenOn $values.console.port)) -}}
{{- $items = append $items (dict "name" "SQUALL_CONSOLE_TOKEN_FILE" "value" (printf "/run/squall/console/%s" $values.secrets.console.tokenKey)) -}}
{{- end -}}
{{- dict "items" $items | toJson -}}
{{- end -}}

{{/* Pod and container as Kubernetes' pod security standard "restricted" wants them, and read-only besides. */}}
{{- define "squall.podSecurityContext" -}}
securityContext:
  runAsNonRoot: true
  {{- range $key := list "runAsUser" "runAsGroup" "fsGroup" }}
  {{- if not (kindIs "invalid" (index $.Values.podSecurity $key)) }}
  {{ $key }}: {{ index $.Values.podSecurity $key | int64 }}
  {{- end }}
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "squall.containerSecurityContext" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/* Of: dict root, workload, containerName, args, isService; and may have command, in place of the image's. */}}
{{- define "squall.container" -}}
{{- $root := .root -}}
{{- $extraEnv := (include "squall.podSetting" (dict "root" $root "workload" .workload "key" "extraEnv") | fromJson).value -}}
{{- $extraMounts := (include "squall.podSetting" (dict "root" $root "workload" .workload "key" "extraVolumeMounts") | fromJson).value -}}
- name: {{ .containerName }}
  image: {{ include "squall.image" $root }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  {{- with .command }}
  command:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  args:
    {{- toYaml .args | nindent 4 }}
  env:
    {{- range (include "squall.env" (dict "root" $root "workload" .workload) | fromJson).items }}
    - name: {{ .name }}
      value: {{ .value | quote }}
    {{- end }}
    {{- with $extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- if .isService }}
  ports:
    - name: metrics
      containerPort: {{ $root.Values.metrics.port }}
    {{- if eq .workload.role "console" }}
    - name: page
      containerPort: {{ $root.Values.console.port }}
    {{- end }}
  # None of them asks after Kafka or InfluxDB but readiness: an outage of theirs is no reason to start anything again.
  startupProbe:
    httpGet: { path: /healthz, port: metrics }
    periodSeconds: 2
    timeoutSeconds: 2
    failureThreshold: 60
  livenessProbe:
    httpGet: { path: /healthz, port: metrics }
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 6
  readinessProbe:
    httpGet: { path: /readyz, port: metrics }
    periodSeconds: 5
    timeoutSeconds: 5
    failureThreshold: 3
  {{- end }}
  resources:
    {{- toYaml .workload.settings.resources | nindent 4 }}
  {{- include "squall.containerSecurityContext" $root | nindent 2 }}
  volumeMounts:
    - name: config
      mountPath: /etc/squall
      readOnly: true
    {{- range (include "squall.files" (dict "root" $root "workload" .workload) | fromJson).items }}
    - name: {{ .name }}
      mountPath: /run/squall/{{ .name }}
      readOnly: true
    {{- end }}
    {{- with $extraMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* All of a pod but its containers. Of: dict root, workload, config. */}}
{{- define "squall.podFrame" -}}
{{- $root := .root -}}
{{- $workload := .workload -}}
serviceAccountName: {{ default (include "squall.serviceAccountName" $root) .serviceAccountName }}
automountServiceAccountToken: false
# Variables of other Services, as SQUALL_CONSOLE_PORT, would be taken for settings.
enableServiceLinks: false
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{ include "squall.podSecurityContext" $root }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
{{- with (include "squall.podSetting" (dict "root" $root "workload" $workload "key" $key) | fromJson).value }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
volumes:
  - name: config
    configMap:
      name: {{ .config }}
  {{- range (include "squall.files" (dict "root" $root "workload" $workload) | fromJson).items }}
  - name: {{ .name }}
    {{- if .configMap }}
    configMap:
      name: {{ .configMap }}
    {{- else }}
    secret:
      secretName: {{ .secret }}
      # 0440: read by the group of the pod, and by nobody else.
      defaultMode: 288
    {{- end }}
      {{- with .keys }}
      items:
        {{- range . }}
        - { key: {{ . | quote }}, path: {{ . | quote }} }
        {{- end }}
      {{- end }}
  {{- end }}
  {{- with (include "squall.podSetting" (dict "root" $root "workload" $workload "key" "extraVolumes") | fromJson).value }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}
