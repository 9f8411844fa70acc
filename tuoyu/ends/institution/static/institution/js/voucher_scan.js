// 相机扫券：offered only where there is a camera; the field and the scanner gun work without it.
const EVERY = 150; // 毫秒
const WIDTH = 480;
const box = document.getElementById("camera");
const field = document.getElementById("code");
let stream = null;

if (box && navigator.mediaDevices?.getUserMedia) {
  box.hidden = false;
  const button = box.querySelector("button");
  const note = box.querySelector("[role=status]");
  button.addEventListener("click", () => (stream ? stop() : begin()));
  document.addEventListener("visibilitychange", () => document.hidden && stream && stop());

  async function begin() {
    try {
      await loadReader();
      const video = { facingMode: "environment", width: { ideal: 640 } };
      stream = await navigator.mediaDevices.getUserMedia({ video });
    } catch (error) {
      note.textContent =
        error.name === "NotAllowedError"
          ? "没有相机权限，请在浏览器地址栏允许；也可用扫码枪或口令码"
          : "没有找到可用的相机，请用扫码枪或口令码";
      return;
    }
    const view = Object.assign(document.createElement("video"), { muted: true, playsInline: true });
    view.setAttribute("aria-hidden", "true");
    view.srcObject = stream;
    box.prepend(view);
    button.querySelector("span").textContent = "关相机";
    note.textContent = "请把家长手机上的券码对准镜头";
    await view.play();
    look(view, document.createElement("canvas"));
  }

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    box.querySelector("video")?.remove();
    button.querySelector("span").textContent = "用相机扫";
    note.textContent = "";
  }

  function look(view, canvas) {
    if (!stream) return;
    const text = read(view, canvas);
    if (text) {
      stop();
      field.value = text;
      field.form.requestSubmit();
      return;
    }
    setTimeout(() => look(view, canvas), EVERY);
  }
}

function loadReader() {
  if (globalThis.jsQR) return null;
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: box.dataset.reader, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

function read(view, canvas) {
  if (!view.videoWidth) return null;
  canvas.width = WIDTH;
  canvas.height = Math.round((WIDTH * view.videoHeight) / view.videoWidth);
  const paint = canvas.getContext("2d", { willReadFrequently: true });
  paint.drawImage(view, 0, 0, canvas.width, canvas.height);
  const { data, width, height } = paint.getImageData(0, 0, canvas.width, canvas.height);
  return globalThis.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data ?? null;
}
