// Stands for the network: a request waits until the test replies.

const API = document.querySelector("meta[name=api]").content;
const waiting = [];

window.asked = [];

window.fetch = (address, { method, body }) =>
  new Promise((resolve, reject) => {
    window.asked.push([method, address.replace(API, ""), body].filter(Boolean).join(" "));
    waiting.push({ resolve, reject });
  });

/** Answer the oldest request that waits; resolves when what follows from that is done, but for further replies. */
window.reply = (status, body) => {
  const { resolve, reject } = waiting.shift();
  if (status === 0) reject(new TypeError("no connection"));
  else resolve({ ok: status < 400, status, json: () => Promise.resolve(body) }); // which no step of the browser's delays
  return settled();
};

/** After all that runs without waiting for the network or the clock. */
function settled() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => resolve(), { once: true });
    port1.start();
    port2.postMessage("");
  });
}
