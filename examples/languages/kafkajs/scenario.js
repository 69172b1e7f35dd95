// The scenario of the compatibility suite with kafkajs: a topic, 2,000 keyed records with headers, all of them read back, a
// look-up by time, a group of three with rebalances that commits, a restart of the broker, and a member that goes on where
// the group stopped.
//
//   node scenario.js BOOTSTRAP_SERVERS TOPIC     prints RESTART when the broker is to be restarted, and reads a line when it was

const assert = require('node:assert')
const { once } = require('node:events')
const { CompressionTypes, Kafka, Partitioners, logLevel } = require('kafkajs')

const PARTITIONS = 4
const RECORDS = 2000
const MORE = 100
const BASE_TIMESTAMP_MS = 1600000000000
const WAIT_MS = 60000

const [bootstrap, topic] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'scenario', brokers: [bootstrap], logLevel: logLevel.ERROR })

/** Waits until the condition holds. */
async function until(what, condition) {
  const end = Date.now() + WAIT_MS
  while (!(await condition())) {
    assert(Date.now() < end, `not within ${WAIT_MS} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

async function produce(compression, from, to, options) {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, ...options })
  await producer.connect()
  const messages = []
  for (let i = from; i < to; i++) {
    // Each tenth record has no value: a tombstone.
    const value = i % 10 === 0 ? null : `value-${i}`
    messages.push({ key: `key-${i}`, value, headers: { number: `${i}` }, timestamp: `${BASE_TIMESTAMP_MS + i}` })
  }
  for (let i = 0; i < messages.length; i += 100) {
    await producer.send({ topic, acks: -1, compression, messages: messages.slice(i, i + 100) })
  }
  await producer.disconnect()
}

/** The number of a record whose every part is as it was produced. */
function numberOf(message) {
  const number = Number(message.headers.number.toString())
  assert.equal(message.key.toString(), `key-${number}`)
  assert.equal(message.value === null ? null : message.value.toString(), number % 10 === 0 ? null : `value-${number}`)
  assert.equal(message.timestamp, `${BASE_TIMESTAMP_MS + number}`)
  return number
}

/** A running member of a group, which hands each record on, and notes the partitions it was last assigned. */
async function member(groupId, onRecord) {
  const consumer = kafka.consumer({ groupId, heartbeatInterval: 100, maxWaitTimeInMs: 100 })
  const self = { consumer, partitions: [], failure: null }
  const { GROUP_JOIN, CRASH } = consumer.events
  consumer.on(GROUP_JOIN, event => (self.partitions = event.payload.memberAssignment[topic] || []))
  consumer.on(CRASH, event => (self.failure = event.payload.error))
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    autoCommitInterval: 100,
    eachMessage: async ({ partition, message }) => onRecord(numberOf(message), partition, message.offset),
  })
  return self
}

async function createTopic(admin) {
  const wanted = [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }]
  assert.equal(await admin.createTopics({ topics: wanted }), true)
  assert.equal(await admin.createTopics({ topics: wanted }), false, 'created twice')
  const described = await admin.fetchTopicMetadata({ topics: [topic] })
  assert.equal(described.topics[0].partitions.length, PARTITIONS)
}

/** In a group of its own: every record once, in order, and by time the first of those that are as late. */
async function readEverything(admin) {
  const log = new Map()
  const reader = await member(`${topic}-reader`, (number, partition, offset) => {
    if (!log.has(partition)) log.set(partition, [])
    assert.equal(log.get(partition).push(number) - 1, Number(offset), 'offset out of order')
  })
  await until('all records read', () => [...log.values()].flat().length >= RECORDS)
  await reader.consumer.disconnect()
  assert.equal(new Set([...log.values()].flat()).size, RECORDS)

  const half = RECORDS / 2
  for (const { partition, offset } of await admin.fetchTopicOffsetsByTimestamp(topic, BASE_TIMESTAMP_MS + half)) {
    assert.equal(Number(offset), log.get(partition).findIndex(number => number >= half), `by time in ${partition}`)
  }
}

/** One member after the other joins; the three read everything and commit it. */
async function groupOfThree(admin) {
  const group = `${topic}-group`
  const seen = new Set()
  const members = []
  for (let i = 1; i <= 3; i++) {
    members.push(await member(group, number => seen.add(number)))
    await until(`members with partitions: ${i}`, () => {
      members.forEach(each => assert.ifError(each.failure))
      const owned = members.flatMap(each => each.partitions)
      return members.every(each => each.partitions.length > 0) && new Set(owned).size === PARTITIONS && owned.length === PARTITIONS
    })
  }
  await until('all records read by the group', () => seen.size === RECORDS)
  const described = (await admin.describeGroups([group])).groups[0]
  assert.deepEqual([described.state, described.protocolType, described.members.length], ['Stable', 'consumer', 3])

  const committed = async () => (await admin.fetchOffsets({ groupId: group, topics: [topic] }))[0].partitions
  const sum = offsets => offsets.reduce((total, each) => total + Number(each.offset), 0)
  await until('everything committed', async () => sum(await committed()) === RECORDS)
  await Promise.all(members.map(each => each.consumer.disconnect()))
  assert.equal(sum(await committed()), sum(await admin.fetchTopicOffsets(topic)))
}

/** What is read after the restart is what came after the commit, and all of that. */
async function resume() {
  const seen = []
  const self = await member(`${topic}-group`, number => seen.push(number))
  await until('what came after the restart', () => seen.length >= MORE)
  await self.consumer.disconnect()
  assert.deepEqual(seen.sort((a, b) => a - b), Array.from({ length: MORE }, (_, i) => RECORDS + i))
}

async function run() {
  const admin = kafka.admin()
  await admin.connect()
  await createTopic(admin)
  await produce(CompressionTypes.None, 0, RECORDS / 2, { idempotent: true })
  await produce(CompressionTypes.GZIP, RECORDS / 2, RECORDS, {})
  await readEverything(admin)
  await groupOfThree(admin)

  console.log('RESTART')
  await once(process.stdin, 'data')
  await produce(CompressionTypes.GZIP, RECORDS, RECORDS + MORE, {})
  await resume()

  const refused = await admin.deleteGroups([`${topic}-none`]).catch(error => error.groups[0].error.type)
  assert.equal(refused, 'GROUP_ID_NOT_FOUND')
  await admin.deleteGroups([`${topic}-group`])
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
  console.log('OK went through the scenario')
}

run().then(
  () => process.exit(0),
  error => {
    console.error('FAILED', error)
    process.exit(1)
  }
)
