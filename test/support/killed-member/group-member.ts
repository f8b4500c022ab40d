// A process of its own that joins a group and says what it reads of partition 0, a line a record: BROKERS TOPIC GROUP. It commits nothing.

import { TopicReader } from "../../contract/topic-reader.ts";
import { logOn } from "../kafka-logs.ts";

const [brokers = "", topic = "", group = ""] = process.argv.slice(2);
const reader = await TopicReader.join(logOn({ brokers: brokers.split(",") }), topic, group);
let said = 0;
setInterval(() => {
  const values = reader.values(0);
  for (const value of values.slice(said)) process.stdout.write(`${value}\n`);
  said = values.length;
}, 20);
