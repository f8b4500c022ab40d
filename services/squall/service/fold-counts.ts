// What the folds of a process count -> sums that only rise, as long as the process lives. A partition brings with its state all that was ever
// counted of it, and takes it along when it goes: both would be seen as a thousand things that happened in one moment.

import type { PartitionFold } from "../../../shared/runtime/stage/partition-fold.ts";
import { AssemblerPartition } from "../../assembler/assembler-partition-shell.ts";
import { DetectorPartition } from "../../detector/detector-partition-shell.ts";
import { detectorTotals } from "../../detector/detector-totals.ts";
import { IngestPartition } from "../../ingest/ingest-partition-shell.ts";
import { summed } from "./summed.ts";

/** By the names that the parts give them; `rejected/REASON` for what went to the dead letters. */
export type Counts = Readonly<Record<string, number>>;

export const REJECTED = "rejected/";

export class FoldCounts {
  /** What each had counted when it came. */
  private readonly brought = new WeakMap<PartitionFold, Counts>();
  private gone: Counts = {};

  came(fold: PartitionFold): void {
    this.brought.set(fold, countsOf(fold));
  }

  left(fold: PartitionFold): void {
    // One that goes before it came has counted nothing here.
    if (this.brought.has(fold)) this.gone = added([this.gone, this.own(fold)]);
    this.brought.delete(fold);
  }

  /** `folds`: those that the process has now. Nothing where there never was one. */
  of(folds: readonly PartitionFold[]): Counts {
    return added([this.gone, ...folds.map((fold) => this.own(fold))]);
  }

  private own(fold: PartitionFold): Counts {
    const brought = this.brought.get(fold) ?? {};
    const counts = Object.entries(countsOf(fold));
    // What was set right by taking state back is no event.
    return Object.fromEntries(counts.map(([name, count]) => [name, Math.max(0, count - (brought[name] ?? 0))]));
  }
}

function added(all: readonly Counts[]): Counts {
  const sums: Record<string, number> = {};
  for (const counts of all) for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function countsOf(fold: PartitionFold): Counts {
  const letters = [...(fold.deadLetters?.counts ?? [])];
  const rejected = letters.map(([reason, count]): [string, number] => [REJECTED + reason, count]);
  return { ...partCounts(fold), ...Object.fromEntries(rejected) };
}

function partCounts(fold: PartitionFold): Counts {
  if (fold instanceof IngestPartition) {
    const { lines, used } = fold.ingest.counters;
    return { lines, used };
  }
  if (fold instanceof AssemblerPartition) {
    const { sitesDropped, progressDropped, assemblers } = fold;
    return { ...summed(assemblers.map(({ counters }) => counters)), sitesDropped, progressDropped };
  }
  if (fold instanceof DetectorPartition) {
    const { letGo, progressDropped, detector } = fold;
    const { held: _held, stormsOpen: _open, ...totals } = detectorTotals(detector);
    return { ...detector.counters, ...totals, letGo, progressDropped };
  }
  return {};
}
