//! Nothing goes to another server before its user has agreed.

use longwire_openplatform::MessageSpec;
use longwire_tests::Model;

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn another_server_is_agreed_to_before_the_key_and_what_people_write_go_there() {
    let scene = Scene::new().await;
    let _run = scene.run();
    let other = Model::start().await;
    let url = other.url();
    let asked = scene.command(&["agent", "edit", "--base-url", url]);
    assert_eq!(asked.code, Some(2), "{}{}", asked.stdout, asked.stderr);
    assert!(asked.stderr.contains(url) && asked.stderr.contains("API key"), "{}", asked.stderr);
    let first = scene.write(MessageSpec::text("one")).await;
    scene.answered(&first, "You said: one").await;
    assert_eq!((scene.model.asked().len(), other.asked().len()), (1, 0));
    let agreed = scene.command(&["agent", "edit", "--base-url", url, "--yes"]);
    assert_eq!(agreed.code, Some(0), "{}{}", agreed.stdout, agreed.stderr);
    let second = scene.write(MessageSpec::text("two")).await;
    scene.answered(&second, "You said: two").await;
    assert_eq!((scene.model.asked().len(), other.asked().len()), (1, 1));
    // The same server is asked about nothing, and nothing that is named is no change.
    let same = scene.command(&["agent", "edit", "--model", "qwen-max"]);
    assert_eq!(same.code, Some(0), "{}{}", same.stdout, same.stderr);
    let none = scene.command(&["agent", "edit"]);
    assert_eq!(none.code, Some(2), "{}{}", none.stdout, none.stderr);
    assert!(none.stderr.contains("agent edit --help"), "{}", none.stderr);
}
