// The charts of the page, one door for the views.
export { courseChart, takingsChart } from "./charts/money.js";
export { priceChart } from "./charts/price.js";
