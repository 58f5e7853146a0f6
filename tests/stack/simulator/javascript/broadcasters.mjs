// Plays the broadcasters of a running local AWS, through its control interface.

const url = process.env.SIMULATOR_CONTROL_URL;

export const goLive = (channelArn, { reconnects = false } = {}) =>
  post("/go-live", { channelArn, reconnects });

export const goLiveWith = (keyValue) => post("/go-live", { keyValue });

export const leave = (channelArn) => post("/leave", { channelArn });

/** The ARNs of the channels on which an encoder that was thrown off got in again. */
export async function reconnect() {
  const { broadcasts } = await post("/reconnect", {});
  return broadcasts.map((each) => each.channelArn);
}

/** The id of the stream on air, or undefined. */
export async function liveStream(channelArn) {
  return (await channels()).find((each) => each.arn === channelArn).live?.streamId;
}

/** The id of the stream an encoder comes back with, once it is back by itself. */
export const streamAfter = (channelArn, stopped) =>
  eventually(async () => {
    const streamId = await liveStream(channelArn);
    return streamId === stopped ? undefined : streamId;
  });

export async function allLeave() {
  for (const { arn, live } of await channels()) if (live) await leave(arn);
}

/** What `look` finds, as soon as it finds something; fails after twenty seconds. */
export async function eventually(look) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not within 20 s; last seen: ${found}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const channels = async () => (await answered(await fetch(`${url}/state`))).channels;

const post = async (path, asked) =>
  answered(await fetch(url + path, { method: "POST", body: JSON.stringify(asked) }));

async function answered(response) {
  const answer = await response.json();
  if (response.ok) return answer;
  throw Object.assign(new Error(answer.error), { status: response.status, code: answer.code });
}
