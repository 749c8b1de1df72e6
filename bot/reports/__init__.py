"""What staff read at a glance: who came, what they asked, where they live, how far they got, how long they waited."""
