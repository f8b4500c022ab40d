// One number for everything the detector drops, forgets or counts late, by name.

export interface DetectorCounters {
  events: number;
  eventsRepeated: number;
  eventsExpired: number;
  /** Deliveries of minutes that are no longer kept as windows. */
  deliveriesExpired: number;
  sitesDropped: number;
  messagesForgotten: number;
  messagesEvicted: number;
  fanOutsEvicted: number;
  variantsDropped: number;
  hopsDropped: number;
  queueIdsSummed: number;
  messagesSealed: number;
  fanOutsWithoutPerson: number;
  hintsDropped: number;
  threadsEvicted: number;
  threadIdsDropped: number;
  threadMessagesDropped: number;
  repliesTrimmed: number;
  repliesTooLate: number;
  listsEvicted: number;
  listPostsDropped: number;
  personsNotRemembered: number;
  loginsEvicted: number;
  clientsEvicted: number;
  stormsEvicted: number;
  stormMessagesDropped: number;
  stormThreadsDropped: number;
  windowsLate: number;
  windowsDropped: number;
}

export function createDetectorCounters(): DetectorCounters {
  return {
    events: 0,
    eventsRepeated: 0,
    eventsExpired: 0,
    deliveriesExpired: 0,
    sitesDropped: 0,
    messagesForgotten: 0,
    messagesEvicted: 0,
    fanOutsEvicted: 0,
    variantsDropped: 0,
    hopsDropped: 0,
    queueIdsSummed: 0,
    messagesSealed: 0,
    fanOutsWithoutPerson: 0,
    hintsDropped: 0,
    threadsEvicted: 0,
    threadIdsDropped: 0,
    threadMessagesDropped: 0,
    repliesTrimmed: 0,
    repliesTooLate: 0,
    listsEvicted: 0,
    listPostsDropped: 0,
    personsNotRemembered: 0,
    loginsEvicted: 0,
    clientsEvicted: 0,
    stormsEvicted: 0,
    stormMessagesDropped: 0,
    stormThreadsDropped: 0,
    windowsLate: 0,
    windowsDropped: 0,
  };
}
