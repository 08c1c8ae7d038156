mod begin;
mod crash;
mod damage;
mod end;
mod full;
mod machine;
mod steps;
mod world;
