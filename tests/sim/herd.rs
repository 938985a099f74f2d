//! All clients of one server lose it at once: when they dial and when they are back, by our rule and by that of BitMarks' sample.
//!
//! `CLIENTS=1000000` runs a million, checks the table of docs/scale.md and draws docs/scale.svg anew. By default there are fewer; what
//! they do has to lie on the drawn curves but for chance, so the curves are true, and grow in step with the clients.

use crate::rng::Rng;
use sealwire::engine::backoff::Backoff;
use std::fmt::Write;
use std::fs;
use std::ops::Range;

const FEW: u64 = 100_000;
const MILLION: u64 = 1_000_000;
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scale.md");
const PLOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scale.svg");

/// Milliseconds within which all clients have noticed that the server is gone.
const NOTICED_WITHIN: u64 = 1_000;
/// Milliseconds until a client knows that its dial failed: some are near and some are far.
const ROUND_TRIP: Range<u64> = 20..201;
/// As the engine's `STABLE_AFTER_MS`.
const STABLE_AFTER: u64 = 30_000;
/// Milliseconds of the wheel: more than any delay with its round trip.
const WHEEL: usize = 1 << 15;

#[derive(Clone, Copy, Debug)]
enum Rule {
    /// 1 s doubled up to 30 s, the same for everybody, and over again as soon as a socket opens.
    Sample,
    Sealwire,
}

struct Server {
    name: &'static str,
    /// The seconds at which it falls and returns by turns.
    turns: &'static [u64],
    /// How many connections of a million it takes in a second, and refuses the others.
    pace: u64,
}

const RESTART: Server = Server { name: "away for 1 s", turns: &[0, 1], pace: MILLION };
const BRIEF: Server = Server { name: "away for 10 s", turns: &[0, 10], pace: MILLION };
const MINUTE: Server = Server { name: "away for 60 s", turns: &[0, 60], pace: MILLION };
const LONG: Server = Server { name: "away for 10 min", turns: &[0, 600], pace: MILLION };
const RELAPSE: Server = Server { name: "away for 10 s, back for 10 s, away for 10 s", turns: &[0, 10, 20, 30], pace: MILLION };
const PACED: Server = Server { name: "away for 60 s, then takes 10,000 a second", turns: &[0, 60], pace: 10_000 };

impl Server {
    fn falls_at(&self, second: u64) -> bool {
        self.turns.iter().step_by(2).any(|turn| *turn == second)
    }

    fn is_up(&self, second: u64) -> bool {
        self.turns.iter().filter(|turn| **turn <= second).count() % 2 == 0
    }

    fn last_return(&self) -> u64 {
        *self.turns.last().expect("a return")
    }
}

#[test]
fn the_herd_comes_back_without_a_stampede() {
    let mut table = Vec::new();
    // The peak of the sample's herd is at least so many times ours, which is back within so many seconds.
    for (server, times, within) in
        [(RESTART, 1.2, 30), (BRIEF, 4.0, 35), (MINUTE, 8.0, 35), (LONG, 3.5, 35), (RELAPSE, 10.0, 35), (PACED, 9.0, 125)]
    {
        let [sample, ours] = [Rule::Sample, Rule::Sealwire].map(|rule| Run::new(clients(), rule, &server));
        assert!(sample.peak() as f64 >= times * ours.peak() as f64, "{}: {} and {}", server.name, sample.peak(), ours.peak());
        assert!(ours.back(100) <= within, "{}: {} s", server.name, ours.back(100));
        // The price: a delay at its bound is half of it on average, which makes twice the dials.
        assert!(ours.dials() <= 2 * sample.dials(), "{}: {} and {}", server.name, sample.dials(), ours.dials());
        table.push(row(&server, &sample, &ours));
    }
    if clients() == MILLION {
        let page = fs::read_to_string(PAGE).expect("the page is there");
        table.retain(|row| !page.contains(row));
        assert!(table.is_empty(), "docs/scale.md lacks\n{}", table.join("\n"));
    }
}

#[test]
fn the_plot_shows_what_the_herd_does() {
    let plot = Plot::new(clients());
    if clients() == MILLION {
        fs::write(PLOT, plot.svg()).expect("the plot is written");
    }
    let drawn = fs::read_to_string(PLOT).expect("the plot is there");
    for curve in plot.panels.iter().flat_map(|panel| &panel.curves) {
        let points = curve.points_in(&drawn);
        assert_eq!(points.len(), curve.points.len(), "{}", curve.id);
        for (at, (drawn, counted)) in points.iter().zip(&curve.points).enumerate() {
            let expected = *drawn as f64 * clients() as f64 / MILLION as f64;
            let chance = if clients() == MILLION { 0.0 } else { 5.0 * expected.sqrt() + 5.0 };
            assert!((*counted as f64 - expected).abs() <= chance, "{}, point {at}: {counted} and not {expected}", curve.id);
        }
    }
}

fn clients() -> u64 {
    std::env::var("CLIENTS").map_or(FEW, |text| text.parse().expect("a number"))
}

enum Pacing {
    Sample { next: u64 },
    Sealwire(Backoff),
}

impl Pacing {
    fn new(rule: Rule, seed: u64) -> Self {
        match rule {
            Rule::Sample => Self::Sample { next: 1_000 },
            Rule::Sealwire => Self::Sealwire(Backoff::new(seed)),
        }
    }

    fn next_delay(&mut self) -> u64 {
        match self {
            Self::Sample { next } => std::mem::replace(next, (*next * 2).min(30_000)),
            Self::Sealwire(backoff) => backoff.next_delay(),
        }
    }

    fn lost_after(&mut self, connected_for: u64) {
        match self {
            Self::Sample { next } => *next = 1_000,
            Self::Sealwire(backoff) if connected_for >= STABLE_AFTER => backoff.reset(),
            Self::Sealwire(_) => {}
        }
    }
}

struct Client {
    pacing: Pacing,
    notices_after: u64,
    round_trip: u64,
    connected_at: u64,
}

#[derive(Clone, Copy, Default)]
struct Second {
    dials: u64,
    taken: u64,
    /// Clients that are connected at its end.
    connected: u64,
}

/// What the clients did, from the loss until all were back.
struct Run {
    clients: u64,
    /// The second of the last return.
    returned: usize,
    seconds: Vec<Second>,
}

impl Run {
    fn new(clients: u64, rule: Rule, server: &Server) -> Self {
        let mut rng = Rng::new(1);
        let mut client = || Client {
            pacing: Pacing::new(rule, rng.next()),
            notices_after: rng.below(NOTICED_WITHIN),
            round_trip: ROUND_TRIP.start + rng.below(ROUND_TRIP.end - ROUND_TRIP.start),
            connected_at: 0,
        };
        let mut herd: Vec<Client> = (0..clients).map(|_| client()).collect();
        let mut connected: Vec<usize> = (0..herd.len()).collect();
        let mut wheel: Vec<Vec<usize>> = vec![Vec::new(); WHEEL];
        let mut due = Vec::new();
        let mut seconds: Vec<Second> = Vec::new();
        let returned = server.last_return();
        let pace = server.pace * clients / MILLION;
        for now in 0.. {
            let second = now / 1_000;
            if now % 1_000 == 0 {
                if second > returned && connected.len() == herd.len() {
                    break;
                }
                if server.falls_at(second) {
                    for index in connected.drain(..) {
                        let client = &mut herd[index];
                        client.pacing.lost_after(now - client.connected_at);
                        let at = now + client.notices_after + client.pacing.next_delay();
                        wheel[at as usize % WHEEL].push(index);
                    }
                }
                seconds.push(Second::default());
            }
            let count = seconds.last_mut().expect("a second has begun");
            let is_up = server.is_up(second);
            std::mem::swap(&mut due, &mut wheel[now as usize % WHEEL]);
            for index in due.drain(..) {
                let client = &mut herd[index];
                count.dials += 1;
                if is_up && count.taken < pace {
                    count.taken += 1;
                    client.connected_at = now;
                    connected.push(index);
                } else {
                    let at = now + client.round_trip + client.pacing.next_delay();
                    wheel[at as usize % WHEEL].push(index);
                }
            }
            count.connected = connected.len() as u64;
        }
        Self { clients, returned: returned as usize, seconds }
    }

    fn dials(&self) -> u64 {
        self.seconds.iter().map(|second| second.dials).sum()
    }

    /// The most dials of a second from the last return on.
    fn peak(&self) -> u64 {
        self.seconds[self.returned..].iter().map(|second| second.dials).max().unwrap_or_default()
    }

    /// Seconds from the last return until so many of a hundred were connected.
    fn back(&self, percent: u64) -> usize {
        let is_enough = |second: &Second| second.connected * 100 >= self.clients * percent;
        self.seconds[self.returned..].iter().position(is_enough).map_or(usize::MAX, |whole| whole + 1)
    }
}

/// Of the table in docs/scale.md.
fn row(server: &Server, sample: &Run, ours: &Run) -> String {
    let peak = |run: &Run| run.peak() as f64 / run.clients as f64 * 1_000.0;
    let back = |run: &Run| [50, 99, 100].map(|percent| run.back(percent).to_string()).join(" / ");
    let dials = |run: &Run| run.dials() as f64 / run.clients as f64;
    let peaks = format!("{:.0} | {:.0}", peak(sample), peak(ours));
    format!("| {} | {peaks} | {} | {} | {:.1} | {:.1} |", server.name, back(sample), back(ours), dials(sample), dials(ours))
}

struct Plot {
    panels: [Panel; 3],
}

struct Panel {
    title: &'static str,
    /// Seconds that it shows, and between two marks of its axis.
    seconds: u64,
    mark: u64,
    curves: [Curve; 2],
}

struct Curve {
    id: String,
    rule: Rule,
    /// Seconds that a point stands for.
    step: u64,
    points: Vec<u64>,
}

impl Plot {
    fn new(clients: u64) -> Self {
        let panel = |name, title, server: &Server, seconds: u64, mark, step: u64, value: fn(&Second) -> u64| Panel {
            title,
            seconds,
            mark,
            curves: [Rule::Sample, Rule::Sealwire].map(|rule| {
                let run = Run::new(clients, rule, server);
                // Once all are back nobody dials, and all stay.
                let end = Second { dials: 0, taken: 0, connected: clients };
                let at = |second: u64| value(run.seconds.get(second as usize).unwrap_or(&end));
                let points = (0..seconds / step).map(|point| at(point * step)).collect();
                Curve { id: format!("{name}-{rule:?}").to_lowercase(), rule, step, points }
            }),
        };
        let dials: fn(&Second) -> u64 = |second| second.dials;
        Self {
            panels: [
                panel("minute", "Dials per second: the server is away for 60 s, then takes everyone", &MINUTE, 100, 10, 1, dials),
                panel("relapse", "Dials per second: it is back after 10 s, and falls over again for 10 s", &RELAPSE, 70, 10, 1, dials),
                panel("paced", "Clients connected: it is back after 60 s, and takes 10,000 a second", &PACED, 960, 120, 8, |second| {
                    second.connected
                }),
            ],
        }
    }

    fn svg(&self) -> String {
        let mut svg = String::from(HEAD);
        for (index, panel) in self.panels.iter().enumerate() {
            let _ = writeln!(svg, "<g transform=\"translate(70 {})\">\n{}</g>", 60 + index * 250, panel.svg());
        }
        svg + "</svg>\n"
    }
}

const HEAD: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 780 790" font-family="sans-serif" font-size="12" fill="#333">
<title>A million clients lose one server at once</title>
<style>
.axis { stroke: #ddd } .curve { vector-effect: non-scaling-stroke; stroke-width: 1.5 }
.sample { stroke: #d1495b; fill: #d1495b; fill-opacity: .2 } .sealwire { stroke: #1f6feb; fill: #1f6feb; fill-opacity: .2 }
</style>
<rect width="780" height="790" fill="#fff"/>
<g transform="translate(70 18)"><rect width="14" height="10" class="sample"/><text x="20" y="10">BitMarks' sample: 1 s doubled up to 30 s, the same for everybody</text>
<rect x="425" width="14" height="10" class="sealwire"/><text x="445" y="10">Sealwire: below these bounds at random</text></g>
"##;

impl Panel {
    fn svg(&self) -> String {
        let mut svg = format!("<text y=\"-12\" font-size=\"14\">{}</text>\n", self.title);
        for (height, label) in [(0, "0"), (100, "500,000"), (200, "1,000,000")] {
            let _ = writeln!(
                svg,
                r#"<path class="axis" d="M0 {0}H680"/><text x="-6" y="{0}" dy="4" text-anchor="end">{label}</text>"#,
                200 - height
            );
        }
        for second in (0..=self.seconds).step_by(self.mark as usize) {
            let _ = writeln!(svg, r#"<text x="{}" y="216" text-anchor="middle">{second} s</text>"#, 680 * second / self.seconds);
        }
        // A curve is written in seconds and clients.
        let _ = writeln!(svg, r#"<g transform="translate(0 200) scale({} -.0002)">"#, 680.0 / self.seconds as f64);
        for curve in &self.curves {
            let _ = writeln!(
                svg,
                r#"<path class="curve {}" id="{}" d="{}"/>"#,
                format!("{:?}", curve.rule).to_lowercase(),
                curve.id,
                curve.path()
            );
        }
        svg + "</g>\n"
    }
}

impl Curve {
    fn path(&self) -> String {
        let mut path = String::from("M0 0");
        for (index, value) in self.points.iter().enumerate() {
            let _ = write!(path, "V{value}H{}", (index as u64 + 1) * self.step);
        }
        path + "V0"
    }

    /// The points that a plot shows of this curve.
    fn points_in(&self, svg: &str) -> Vec<u64> {
        let path = svg.split(&format!("id=\"{}\" d=\"M0 0V", self.id)).nth(1).and_then(|rest| rest.split("V0\"").next());
        path.expect("the plot has the curve")
            .split('V')
            .map(|step| step.split('H').next().expect("a value").parse().expect("a number"))
            .collect()
    }
}
