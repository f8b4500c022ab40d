// how many entries the tables of the detector hold at most.

/** Most entries of every table: of one list, thread or storm where the name says Per, else of all together. What is dropped is counted. */
export interface DetectorBounds {
  readonly sitesMax: number;
  /** Messages in the table, small ones and those that reached many. */
  readonly messagesMax: number;
  /** Of these, messages that reached many. */
  readonly fanOutsMax: number;
  /** Queue ids a hop whose recipients are kept one by one; more are only summed. */
  readonly queueIdsPerHopMax: number;
  /** Queue ids kept one by one over all messages. */
  readonly queueIdsMax: number;
  /** Different senders under one Message-ID. */
  readonly variantsPerMessageIdMax: number;
  readonly hopsPerMessageMax: number;
  readonly listsPerMessageMax: number;
  readonly referencesMax: number;
  readonly threadsMax: number;
  readonly threadIdsMax: number;
  readonly idsPerThreadMax: number;
  readonly messagesPerThreadMax: number;
  readonly threadMessagesMax: number;
  /** Replies kept one by one to put a late one in its place. */
  readonly repliesPerThreadMax: number;
  readonly listsMax: number;
  readonly listPostsMax: number;
  readonly knownPersonsMax: number;
  readonly knownPersonsPerListMax: number;
  readonly loginsMax: number;
  readonly clientsMax: number;
  readonly stormsMax: number;
  readonly messagesPerStormMax: number;
  readonly stormMessagesMax: number;
  readonly threadsPerStormMax: number;
  readonly queueIdsPerAdviceMax: number;
  readonly windowsMax: number;
}

export const defaultDetectorBounds: DetectorBounds = {
  sitesMax: 64,
  messagesMax: 100_000,
  fanOutsMax: 20_000,
  queueIdsPerHopMax: 20_000,
  queueIdsMax: 200_000,
  variantsPerMessageIdMax: 50,
  hopsPerMessageMax: 50,
  listsPerMessageMax: 8,
  referencesMax: 20,
  threadsMax: 20_000,
  threadIdsMax: 200_000,
  idsPerThreadMax: 2000,
  messagesPerThreadMax: 1000,
  threadMessagesMax: 30_000,
  repliesPerThreadMax: 256,
  listsMax: 5000,
  listPostsMax: 20_000,
  knownPersonsMax: 3_000_000,
  knownPersonsPerListMax: 500_000,
  loginsMax: 50_000,
  clientsMax: 20_000,
  stormsMax: 1000,
  messagesPerStormMax: 5000,
  stormMessagesMax: 20_000,
  threadsPerStormMax: 1000,
  queueIdsPerAdviceMax: 2000,
  windowsMax: 100_000,
};
