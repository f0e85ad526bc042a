// Forward while the odour does not fade, otherwise a random turn; now and then a turn for no reason.
const FORWARD = 0;
const LEFT = 1;
const RIGHT = 2;

export default function createPolicy({ actionCount, parameters, rng }) {
  const { sensor = 0, wander = 0.1 } = parameters;
  if (actionCount !== 3) throw new Error('this policy turns: set env.action_type=oriented');
  let last = 0;

  return {
    // rng has started over with the episode's seed
    reset() {
      last = 0;
    },
    choose(observation) {
      const odour = observation[sensor];
      const fades = odour < last;
      last = odour;
      if (!fades && rng.random() >= wander) return FORWARD;
      return rng.random() < 0.5 ? LEFT : RIGHT;
    },
  };
}
