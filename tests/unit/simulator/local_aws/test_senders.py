"""A function is told the senders that the queue knows of."""

from ivs_simulator.local_aws.senders import with_senders


def test_each_record_has_the_sender_of_its_message() -> None:
    event = {
        "Records": [
            {"messageId": "1", "attributes": {"SenderId": "210987654321", "SentTimestamp": "7"}},
            {"messageId": "2", "attributes": {"SenderId": "210987654321"}},
        ]
    }
    batch = [
        {"id": "2", "sys": {"SenderId": "AROAEXAMPLE:alice"}},
        {"id": "1", "sys": {"SenderId": "AIDAEXAMPLE"}},
    ]

    first, second = with_senders(event, batch)["Records"]

    assert first["attributes"] == {"SenderId": "AIDAEXAMPLE", "SentTimestamp": "7"}
    assert second["attributes"] == {"SenderId": "AROAEXAMPLE:alice"}


def test_a_record_of_a_message_without_sender_stays_as_it_is() -> None:
    record = {"messageId": "1", "attributes": {"SenderId": "210987654321"}}

    assert with_senders({"Records": [record]}, [{"id": "1"}]) == {"Records": [record]}
