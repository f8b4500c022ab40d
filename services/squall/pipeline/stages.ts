// What both ways of running in one process have in common: the table of ingest, the assembler, the detector, and where their output goes.

import type { MailEvent } from "../../../shared/domain/mail-event.ts";
import type { PackedMails } from "../../../shared/domain/packed/packed-mails.ts";
import type { StormListener } from "../../../shared/domain/storm-account.ts";
import type { StormAlert } from "../../../shared/domain/storm-alert.ts";
import type { ThreadWindow } from "../../../shared/domain/thread-window.ts";
import type { AssemblerSettings } from "../../assembler/assembler-settings.ts";
import { Assembler } from "../../assembler/assembler.ts";
import { packedEvent, packedOrigin } from "../../assembler/unpack.ts";
import type { People } from "../../assembler/mail-event-from-mail.ts";
import { stormAdvice } from "../../detector/advice/storm-advice.ts";
import type { Changes } from "../../detector/tracked.ts";
import type { PackedReader } from "../../detector/packed-step.ts";
import type { DetectorOutput, DetectorState } from "../../detector/detector.ts";
import { createDetectorState, step, takePackedMail, takePackedRemoval } from "../../detector/detector.ts";
import { setBack } from "../../detector/set-back.ts";
import type { DetectorSettings } from "../../../shared/domain/detector-settings.ts";
import { FragmentTable } from "../../ingest/combine.ts";

export interface PipelineOptions {
  readonly site: string;
  readonly assembler: AssemblerSettings;
  readonly detector: DetectorSettings;
  readonly people: People;
  /** Keeps account of what changes in the detector; without it nothing can be told of its state. */
  readonly changes?: () => Changes;
  /** Hears the whole of every storm; without it nobody makes an account. */
  readonly listener?: StormListener;
  readonly onAlert: (alert: StormAlert) => void;
  readonly onWindow: (window: ThreadWindow) => void;
}

export class Stages {
  readonly table: FragmentTable;
  readonly assembler: Assembler;
  readonly detector: DetectorState;
  private readonly options: PipelineOptions;

  constructor(options: PipelineOptions) {
    this.options = options;
    const { site, people } = options;
    this.table = new FragmentTable();
    const deps = { site, people, hostNames: this.table.hostNames };
    this.assembler = new Assembler(options.assembler, deps);
    const packed: PackedReader = {
      event: (mails, mail) => packedEvent(mails, mail, deps),
      origin: (mails, mail) => packedOrigin(mails, mail, deps),
    };
    const { changes, listener } = options;
    this.detector = createDetectorState(options.detector, {
      advise: stormAdvice,
      packed,
      ...(changes === undefined ? {} : { changes }),
      ...(listener === undefined ? {} : { listener }),
    });
  }

  detect(event: MailEvent): void {
    this.deliver(step(this.detector, { kind: "event", event }));
  }

  detectPacked(mails: PackedMails, mail: number): boolean {
    return takePackedMail(this.detector, this.options.site, mails, mail);
  }

  detectPackedRemoval(mails: PackedMails, mail: number): boolean {
    return takePackedRemoval(this.detector, this.options.site, mails, mail);
  }

  tick(watermark: number): void {
    this.deliver(step(this.detector, { kind: "tick", watermark }));
  }

  /** Our own clock was ahead: what it is by now is told anew. */
  setBack(watermark: number): void {
    this.assembler.setBack(watermark);
    this.deliver(setBack(this.detector, watermark));
  }

  private deliver(outputs: readonly DetectorOutput[]): void {
    for (const output of outputs) {
      if (output.kind === "alert") this.options.onAlert(output.alert);
      else this.options.onWindow(output.window);
    }
  }
}
