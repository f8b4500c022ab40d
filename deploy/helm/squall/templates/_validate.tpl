{{/* What the schema cannot judge, since it is between values: all faults at once, with what to write. */}}
{{- define "squall.validate" -}}
{{- $values := .Values -}}
{{- $config := $values.config -}}
{{- $faults := list -}}
{{- if not $values.image.repository -}}
{{- $faults = append $faults "image.repository is needed: where you put the image, such as registry.example.org/squall" -}}
{{- end -}}
{{- if not $config.kafka.brokers -}}
{{- $faults = append $faults "config.kafka.brokers is needed: [kafka1.example.org:9093]" -}}
{{- end -}}
{{- /* As services/squall/kafka-config.ts has it: a test asks both the same. */}}
{{- range $config.kafka.brokers -}}
{{- if not (and (regexMatch "^[\\p{L}\\p{N}]([\\p{L}\\p{N}._-]{0,253}[\\p{L}\\p{N}])?:[0-9]{1,5}$" .) (include "squall.isPort" .)) -}}
{{- $faults = append $faults (printf "config.kafka.brokers: %q is no broker: write host:port, such as kafka1.example.org:9092; an IPv6 address needs a name" .) -}}
{{- end -}}
{{- end -}}
{{- with dig "influx" "url" "" $config -}}
{{- $url := urlParse . -}}
{{- if not (and (has $url.scheme (list "http" "https")) $url.host (or (not (regexMatch ":[0-9]*$" $url.host)) (include "squall.isPort" $url.host))) -}}
{{- /* What was written is not shown: it may hold a password. */}}
{{- $faults = append $faults "config.influx.url is no address: write http:// or https://, a host, and a port of 1 to 65535 where it has one of its own, such as https://influx.example.org:8086" -}}
{{- end -}}
{{- end -}}
{{- $people := ne (dig "pseudonym" "people" true $config | toString) "false" -}}
{{- if and $people (not $values.secrets.pseudonym.existingSecret) -}}
{{- $faults = append $faults "secrets.pseudonym.existingSecret is needed: kubectl create secret generic squall-pseudonym-key --from-literal=key=\"$(openssl rand -base64 32)\"; or config.pseudonym.people: false" -}}
{{- end -}}
{{- if and $values.services.console.enabled (not $values.secrets.console.existingSecret) -}}
{{- $faults = append $faults "secrets.console.existingSecret is needed: kubectl create secret generic squall-console-token --from-literal=token=\"$(openssl rand -hex 32)\"; or services.console.enabled: false" -}}
{{- end -}}
{{- if and $values.services.recorder.enabled (not (dig "influx" "url" "" $config)) -}}
{{- $faults = append $faults "config.influx.url and config.influx.bucket are needed by the recorder; or services.recorder.enabled: false" -}}
{{- end -}}
{{- $isSasl := include "squall.isSasl" . -}}
{{- if and $isSasl (not (dig "kafka" "sasl" "mechanism" "" $config)) -}}
{{- $faults = append $faults "config.kafka.sasl.mechanism is needed to log in: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512" -}}
{{- end -}}
{{- if and $values.strimzi.users.enabled (eq $values.strimzi.users.authentication "scram-sha-512") (ne (dig "kafka" "sasl" "mechanism" "" $config | upper) "SCRAM-SHA-512") -}}
{{- $faults = append $faults "config.kafka.sasl.mechanism must be SCRAM-SHA-512: so strimzi.users log in" -}}
{{- end -}}
{{- if and $values.strimzi.users.enabled (eq $values.strimzi.users.authentication "tls") (ne (lower $config.kafka.securityProtocol) "ssl") -}}
{{- $faults = append $faults "config.kafka.securityProtocol must be SSL: strimzi.users have certificates" -}}
{{- end -}}
{{- range $workload := (include "squall.workloads" . | fromJson).items -}}
{{- $login := include "squall.login" (dict "root" $ "name" $workload.name "kafka" $workload.kafka) | fromJson -}}
{{- $wants := or $isSasl (and (include "squall.isTls" $) $login.certificateKey) -}}
{{- if and $wants (not $login.secret) -}}
{{- $faults = append $faults (printf "secrets.kafka.existingSecret is needed: %s logs in at Kafka (or services.%s.kafka, or strimzi.users)" $workload.name $workload.role) -}}
{{- end -}}
{{- if and $isSasl (not $login.username) -}}
{{- $faults = append $faults (printf "config.kafka.sasl.username is needed: %s logs in at Kafka" $workload.name) -}}
{{- end -}}
{{- if and $login.certificateKey (not $login.privateKeyKey) -}}
{{- $faults = append $faults (printf "privateKeyKey is needed beside certificateKey: of %s" $workload.name) -}}
{{- end -}}
{{- $own := list -}}
{{- $more := list -}}
{{- range (include "squall.env" (dict "root" $ "workload" $workload) | fromJson).items -}}{{- $own = append $own .name -}}{{- end -}}
{{- range (include "squall.podSetting" (dict "root" $ "workload" $workload "key" "extraEnv") | fromJson).value -}}
{{- if has .name $own -}}
{{- $faults = append $faults (printf "extraEnv must not hold %s: the chart sets it for %s" .name $workload.name) -}}
{{- end -}}
{{- if has .name $more -}}{{- $faults = append $faults (printf "extraEnv holds %s twice" .name) -}}{{- end -}}
{{- $more = append $more .name -}}
{{- end -}}
{{- end -}}
{{- if $values.topics.create -}}
{{- $login := include "squall.login" (dict "root" . "name" "topics" "kafka" $values.topics.kafka) | fromJson -}}
{{- if and $isSasl (or (not $login.secret) (not $login.username)) -}}
{{- $faults = append $faults "topics.kafka needs username and existingSecret: the job that makes topics logs in at Kafka (or secrets.kafka and config.kafka.sasl.username)" -}}
{{- end -}}
{{- end -}}
{{- if $values.keda.enabled -}}
{{- $partitions := dig "kafka" "partitions" "mailLogs" 6 $config | int -}}
{{- if gt ($values.keda.maxReplicas | int) $partitions -}}
{{- $faults = append $faults (printf "keda.maxReplicas must be at most %d, the partitions of the raw topic (config.kafka.partitions.mailLogs): more would only stand by" $partitions) -}}
{{- end -}}
{{- if gt ($values.keda.minReplicas | int) ($values.keda.maxReplicas | int) -}}
{{- $faults = append $faults "keda.minReplicas must not be above keda.maxReplicas" -}}
{{- end -}}
{{- range $values.sites -}}
{{- if .replicas -}}
{{- $faults = append $faults (printf "sites: replicas of %s must not stand beside keda.enabled, which counts every ingest (keda.minReplicas, keda.maxReplicas)" .name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $values.topics.create $values.strimzi.topics.enabled -}}
{{- $faults = append $faults "topics.create and strimzi.topics.enabled: one of the two makes the topics" -}}
{{- end -}}
{{- if and (or $values.strimzi.topics.enabled $values.strimzi.users.enabled) (not $values.strimzi.cluster) -}}
{{- $faults = append $faults "strimzi.cluster is needed: the name of the Kafka that topics and users belong to" -}}
{{- end -}}
{{- $labels := dict "commonLabels" $values.commonLabels "pod.labels" $values.pod.labels "metrics.serviceMonitor.labels" $values.metrics.serviceMonitor.labels "metrics.podMonitor.labels" $values.metrics.podMonitor.labels "prometheusRule.labels" $values.prometheusRule.labels "dashboards.labels" $values.dashboards.labels -}}
{{- range $role, $settings := $values.services -}}
{{- $_ := set $labels (printf "services.%s.pod.labels" $role) (default (dict) $settings.pod.labels) -}}
{{- end -}}
{{- range $place, $set := $labels -}}
{{- range $name, $_ := $set -}}
{{- if regexMatch "^(app\\.kubernetes\\.io|helm\\.sh|squall|strimzi\\.io)/" $name -}}
{{- $faults = append $faults (printf "%s must not hold %s: by such the chart's objects find each other" $place $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $values.strimzi.users.enabled -}}
{{- $users := list "shippers" "silence" -}}
{{- range (include "squall.workloads" . | fromJson).items -}}{{- $users = append $users .name -}}{{- end -}}
{{- range $part, $secret := $values.secrets -}}
{{- range $users -}}
{{- if eq (printf "%s-%s" (include "squall.fullname" $) .) (default "" $secret.existingSecret) -}}
{{- $faults = append $faults (printf "secrets.%s.existingSecret must not be %s: so is called the Secret that Strimzi makes of a user" $part $secret.existingSecret) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $values.metrics.serviceMonitor.enabled $values.metrics.podMonitor.enabled -}}
{{- $faults = append $faults "metrics.serviceMonitor and metrics.podMonitor: with both everything would be counted twice" -}}
{{- end -}}
{{- if and $values.console.ingress.enabled (not $values.console.ingress.host) -}}
{{- $faults = append $faults "console.ingress.host is needed: the name by which the page is reached" -}}
{{- end -}}
{{- if and $values.console.ingress.enabled (not $values.services.console.enabled) -}}
{{- $faults = append $faults "console.ingress is of no use with services.console.enabled: false" -}}
{{- end -}}
{{- if eq ($values.metrics.port | int) ($values.console.port | int) -}}
{{- $faults = append $faults "metrics.port and console.port must differ" -}}
{{- end -}}
{{- $names := list -}}
{{- range $values.sites -}}
{{- if has .name $names -}}{{- $faults = append $faults (printf "sites: the name %s stands there twice" .name) -}}{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- $topics := list (include "squall.rawTopic" (dict "root" .)) -}}
{{- range $values.sites -}}
{{- if has .mailLogsTopic $topics -}}{{- $faults = append $faults (printf "sites: two of them read %s" .mailLogsTopic) -}}{{- end -}}
{{- $topics = append $topics .mailLogsTopic -}}
{{- end -}}
{{- $files := list (dig "heartbeat" "urlFile" "" $config) -}}
{{- range prepend (default list (dig "webhooks" list $config)) (dig "webhook" (dict) $config) -}}
{{- $files = concat $files (list (default "" .urlFile) (default "" .secretFile)) (values (default (dict) .headerFiles)) -}}
{{- end -}}
{{- $mounts := list -}}
{{- range (include "squall.podSetting" (dict "root" $ "workload" (dict "settings" $values.services.alerter) "key" "extraVolumeMounts") | fromJson).value -}}
{{- $mounts = append $mounts (printf "%s/" (trimSuffix "/" (default "" .mountPath))) -}}
{{- end -}}
{{- range $file := compact $files -}}
{{- $isThere := regexMatch "^/run/squall/receivers/[-._a-zA-Z0-9]+$" $file -}}
{{- if and $isThere (not $values.secrets.receivers.existingSecret) -}}
{{- $faults = append $faults "secrets.receivers.existingSecret is needed: config names files of it" -}}
{{- end -}}
{{- range $mounts -}}{{- if hasPrefix . (printf "%s/" $file) -}}{{- $isThere = true -}}{{- end -}}{{- end -}}
{{- if not $isThere -}}
{{- $faults = append $faults (printf "config: no pod has the file %s: write /run/squall/receivers/KEY, of secrets.receivers.existingSecret, or mount it (services.alerter.pod.extraVolumeMounts)" $file) -}}
{{- end -}}
{{- end -}}
{{- if $faults -}}
{{- printf "\n\nThese values cannot be:\n- %s\n" (uniq $faults | join "\n- ") | fail -}}
{{- end -}}
{{- end -}}
