// The life of a channel, lived by the AWS SDK for JavaScript: what its users send, get and catch.
//
// boto3 and the AWS CLI live the same life, step by step, in the files beside this folder.

import assert from "node:assert/strict";
import { afterEach, before, test } from "node:test";

import {
  ChannelNotBroadcasting,
  ConflictException,
  CreateChannelCommand,
  CreateRecordingConfigurationCommand,
  CreateStreamKeyCommand,
  DeleteChannelCommand,
  DeleteStreamKeyCommand,
  GetChannelCommand,
  GetRecordingConfigurationCommand,
  GetStreamCommand,
  GetStreamKeyCommand,
  GetStreamSessionCommand,
  IvsClient,
  ListStreamKeysCommand,
  ListStreamSessionsCommand,
  ListTagsForResourceCommand,
  PutMetadataCommand,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  StopStreamCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateChannelCommand,
  ValidationException,
  paginateListChannels,
  paginateListStreams,
} from "@aws-sdk/client-ivs";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";

import {
  allLeave,
  eventually,
  goLive,
  goLiveWith,
  leave,
  liveStream,
  reconnect,
  streamAfter,
} from "./broadcasters.mjs";

const NOWHERE = "arn:aws:ivs:eu-west-1:210987654321:channel/NoSuchChanel";

// The environment names the endpoint, the region and the credentials.
const client = new IvsClient({ maxAttempts: 10 });
const send = (command) => client.send(command);

// A channel that every test finds off air and with a key.
let channelArn;
before(async () => (channelArn = await create("by-javascript")));
afterEach(allLeave);

test("creates a channel with its key", async () => {
  const wanted = { name: "created-by-javascript", type: "BASIC", tags: { team: "tests" } };
  const created = await send(new CreateChannelCommand(wanted));

  const { channel, streamKey } = created;
  assert.equal(status(created), 200);
  assert.partialDeepStrictEqual(channel, { ...wanted, latencyMode: "LOW" });
  const got = await send(new GetChannelCommand({ arn: channel.arn }));
  assert.deepEqual(got.channel, channel);
  const [listed, ...others] = await keys(channel.arn);
  assert.deepEqual(others, []);
  assert.partialDeepStrictEqual(listed, { arn: streamKey.arn, channelArn: channel.arn });
  assert.ok("value" in streamKey);
  assert.ok(!("value" in listed));
});

test("pages through channels", async () => {
  const made = [];
  for (let each = 0; each < 3; each++) made.push(await create("paged-by-javascript"));

  const asked = { filterByName: "paged-by-javascript" };
  const pages = await Array.fromAsync(paginateListChannels({ client, pageSize: 2 }, asked));

  assert.deepEqual(pages.map((page) => page.channels.length), [2, 1]);
  const listed = pages.flatMap((page) => page.channels.map((each) => each.arn));
  assert.deepEqual(listed.sort(), made.sort());
});

test("goes live and is listed page by page", async () => {
  const another = await create("also-live-by-javascript");
  const live = [(await goLive(channelArn)).streamId, (await goLive(another)).streamId];

  const { stream } = await send(new GetStreamCommand({ channelArn }));
  const pages = await Array.fromAsync(paginateListStreams({ client, pageSize: 1 }, {}));

  const shown = { streamId: live[0], state: "LIVE", health: "HEALTHY", viewerCount: 0 };
  assert.partialDeepStrictEqual(stream, shown);
  assert.ok(stream.startTime instanceof Date);
  assert.ok(pages.every((page) => page.streams.length === 1));
  const listed = pages.map((page) => page.streams[0].streamId);
  assert.deepEqual(live.filter((each) => !listed.includes(each)), []);
});

test("puts metadata on air only", async () => {
  await goLive(channelArn);

  const put = await send(new PutMetadataCommand({ channelArn, metadata: '{"question": "tea?"}' }));
  await leave(channelArn);

  assert.equal(status(put), 204);
  const tooLate = new PutMetadataCommand({ channelArn, metadata: "too late" });
  await assertRefused(tooLate, ChannelNotBroadcasting, 404);
});

test("a stopped encoder comes back by itself", async () => {
  const { streamId: first } = await goLive(channelArn, { reconnects: true });

  const stopped = await send(new StopStreamCommand({ channelArn }));
  const second = await streamAfter(channelArn, first);

  assert.equal(status(stopped), 200);
  const { stream } = await send(new GetStreamCommand({ channelArn }));
  assert.equal(stream.streamId, second);
  const asked = new ListStreamSessionsCommand({ channelArn, maxResults: 2 });
  const [now, before] = (await send(asked)).streamSessions;
  assert.deepEqual([now.streamId, before.streamId], [second, first]);
  assert.ok(before.endTime instanceof Date);
  assert.equal(now.endTime, undefined);
});

test("a revoked key keeps the encoder off", async () => {
  await goLive(channelArn, { reconnects: true });
  const [{ arn }] = await keys(channelArn);
  const old = (await send(new GetStreamKeyCommand({ arn }))).streamKey.value;

  const deleted = await send(new DeleteStreamKeyCommand({ arn }));
  assert.ok(await liveStream(channelArn), "a deleted key does not end the stream");
  await send(new StopStreamCommand({ channelArn }));

  assert.equal(status(deleted), 204);
  assert.ok(!(await reconnect()).includes(channelArn));
  await assert.rejects(goLiveWith(old), { status: 409, code: "StreamKeyRefused" });
  const { streamKey } = await send(new CreateStreamKeyCommand({ channelArn }));
  assert.equal((await goLiveWith(streamKey.value)).channelArn, channelArn);
});

test("tags and untags", async () => {
  const resourceArn = channelArn;
  const tags = { team: "tests", stage: "try" };

  const tagged = await send(new TagResourceCommand({ resourceArn, tags }));
  const both = await send(new ListTagsForResourceCommand({ resourceArn }));
  const untagged = await send(new UntagResourceCommand({ resourceArn, tagKeys: ["stage"] }));
  const left = await send(new ListTagsForResourceCommand({ resourceArn }));

  assert.deepEqual([status(tagged), status(untagged)], [200, 200]);
  assert.deepEqual(both.tags, tags);
  assert.deepEqual(left.tags, { team: "tests" });
});

test("records to a bucket", async () => {
  const Bucket = "recorded-by-javascript";
  const destinationConfiguration = { s3: { bucketName: Bucket } };
  await new S3Client({ forcePathStyle: true }).send(new CreateBucketCommand({ Bucket }));
  const asked = new CreateRecordingConfigurationCommand({ destinationConfiguration });
  const { recordingConfiguration: made } = await send(asked);
  const { arn } = made;

  assert.equal(made.state, "CREATING");
  await eventually(async () => {
    const held = await send(new GetRecordingConfigurationCommand({ arn }));
    return held.recordingConfiguration.state === "ACTIVE";
  });
  const attach = (recordingConfigurationArn) =>
    send(new UpdateChannelCommand({ arn: channelArn, recordingConfigurationArn }));
  await attach(arn);
  const { streamId } = await goLive(channelArn);
  const live = await send(new GetStreamSessionCommand({ channelArn, streamId }));

  const { channel, recordingConfiguration } = live.streamSession;
  assert.equal(channel.recordingConfigurationArn, arn);
  assert.partialDeepStrictEqual(recordingConfiguration, { arn, destinationConfiguration });
  await leave(channelArn);
  assert.equal((await attach("")).channel.recordingConfigurationArn, "");
});

test("is changed and deleted off air only", async () => {
  const arn = await create("deleted-by-javascript");
  await goLive(arn);

  await assertRefused(new UpdateChannelCommand({ arn }), ConflictException, 409);
  await assertRefused(new DeleteChannelCommand({ arn }), ConflictException, 409);
  await leave(arn);
  assert.equal(status(await send(new DeleteChannelCommand({ arn }))), 204);

  await assertRefused(new GetChannelCommand({ arn }), ResourceNotFoundException, 404);
});

test("shows the errors of the API", async () => {
  const nowhere = new StopStreamCommand({ channelArn: NOWHERE });
  await assertRefused(nowhere, ResourceNotFoundException, 404);
  await assertRefused(new StopStreamCommand({ channelArn }), ChannelNotBroadcasting, 404);
  const second = new CreateStreamKeyCommand({ channelArn });
  await assertRefused(second, ServiceQuotaExceededException, 402);
});

test("says what is not valid", async () => {
  const asked = new CreateChannelCommand({ name: "two words" });

  const refused = await assertRefused(asked, ValidationException, 400);

  const said =
    "1 validation error detected: Value at 'name' failed to satisfy constraint: " +
    "Member must satisfy regular expression pattern: ";
  assert.equal(refused.exceptionMessage.slice(0, said.length), said);
});

async function create(name) {
  return (await send(new CreateChannelCommand({ name }))).channel.arn;
}

async function keys(arn) {
  return (await send(new ListStreamKeysCommand({ channelArn: arn }))).streamKeys;
}

function status(answer) {
  return answer.$metadata.httpStatusCode;
}

async function assertRefused(command, kind, code) {
  const refused = await send(command).then(
    () => assert.fail(`not refused: ${command.constructor.name}`),
    (error) => error,
  );
  assert.ok(refused instanceof kind, `${refused}`);
  assert.equal(refused.name, kind.name);
  assert.equal(status(refused), code);
  assert.ok(refused.exceptionMessage);
  return refused;
}
