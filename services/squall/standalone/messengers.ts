// The configuration -> who carries the word out: the telling of alerts, and the heartbeat.

import type { HttpClient } from "../../../shared/adapters/http/http-client.ts";
import type { Environment } from "../../../shared/runtime/config-layers.ts";
import { systemClock } from "../../../shared/runtime/clock.ts";
import type { Heartbeat } from "../../alerter/heartbeat-shell.ts";
import { createHeartbeat } from "../../alerter/heartbeat-shell.ts";
import type { TellingEvent } from "../../alerter/telling-event.ts";
import { tellingEventInWords } from "../../alerter/telling-event.ts";
import type { Telling } from "../../alerter/telling-shell.ts";
import { createTelling } from "../../alerter/telling-shell.ts";
import { receiversOf } from "./receivers.ts";
import type { StandaloneConfig } from "./standalone-settings.ts";
import type { TellingLinks } from "./standalone.ts";

export interface MessengersOptions {
  readonly config: Pick<StandaloneConfig, "webhooks" | "onAlert" | "heartbeat" | "timezone" | "advice">;
  readonly version: string;
  readonly env: Environment;
  readonly http: HttpClient;
  /** One line for a person. */
  readonly say: (line: string) => void;
}

export class Messengers {
  private readonly options: MessengersOptions;

  constructor(options: MessengersOptions) {
    this.options = options;
  }

  telling({ isSilenced, requestFlush, onTold }: TellingLinks): Telling {
    const { config, env } = this.options;
    return createTelling({
      ...this.common(),
      receivers: receiversOf(config),
      text: { timeZone: config.timezone, advice: config.advice },
      env,
      isSilenced,
      requestFlush,
      say: (event) => {
        if (event.event === "delivered") onTold(event.latencyMs);
        this.say(event);
      },
    });
  }

  /** Undefined where none is configured. */
  heartbeat(isHealthy: () => boolean | undefined): Heartbeat | undefined {
    const { heartbeat } = this.options.config;
    if (heartbeat === undefined) return undefined;
    return createHeartbeat({ ...this.common(), ...heartbeat, isHealthy, say: (event) => this.say(event) });
  }

  private common() {
    const { http, version } = this.options;
    return { http, clock: systemClock, random: Math.random, userAgent: `squall/${version}` };
  }

  private say(event: TellingEvent): void {
    this.options.say(tellingEventInWords(event));
  }
}
