fn main(){ for f in std::env::args().skip(1){ let raw=std::fs::read(&f).unwrap(); println!("{}", mail::json::parse_to_json(&f,&raw)); } }
