/** The page of an entry: its button runs the same checks here. Until it is pressed nothing further is loaded. */
const button = document.getElementById("recheck");
if (button) button.textContent = "在本页核对";

button?.addEventListener("click", async (event) => {
  event.preventDefault();
  const { recheck } = await import("./recheck.js");
  await recheck(button, document.getElementById("result"));
});
