// Telling a consumer of kafkajs where to read. While it is cut off from its group it takes no word, and throws; what it is to do is said
// to it again when it has joined.

export function whileItRuns(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("Consumer group was not initialized")) throw error;
  }
}
